/** What another post office reports about a letter it had taken. */
export type Report =
  /** It did not arrive (RFC 3464). */
  | { readonly kind: 'bounced'; readonly reason: string }
  /** Whoever received it called it unwanted (RFC 5965); names the return path of the letter. */
  | { readonly kind: 'complained'; readonly reason: string; readonly returnPath: string | null }
  /** Late, delivered after all, an absence note, or no report at all: nothing to do. */
  | { readonly kind: 'other' }

const OTHER: Report = { kind: 'other' }

/** Reads a report. Only codes are taken from it: everything else was written by others. */
export async function readReport(raw: Buffer): Promise<Report> {
  const { default: PostalMime } = await import('postal-mime')
  const { attachments } = await PostalMime.parse(raw, {
    attachmentEncoding: 'utf8',
    maxNestingDepth: 10,
    forceRfc822Attachments: true,
  })
  for (const { mimeType, content } of attachments) {
    if (typeof content !== 'string') continue
    if (mimeType === 'message/delivery-status') return deliveryOf(content)
    if (mimeType === 'message/feedback-report') return feedbackOf(content)
  }
  return OTHER
}

/** One group of fields for each recipient, after one for the message (RFC 3464 §2.1). */
function deliveryOf(content: string): Report {
  for (const group of groupsOf(content)) {
    if (group.get('action')?.toLowerCase() !== 'failed') continue
    const status = /^[45]\.\d{1,3}\.\d{1,3}/.exec(group.get('status') ?? '')?.[0]
    return { kind: 'bounced', reason: status ?? 'no status' }
  }
  return OTHER
}

function feedbackOf(content: string): Report {
  const [fields = new Map<string, string>()] = groupsOf(content)
  const type = /^[a-z-]{1,20}$/.exec(fields.get('feedback-type')?.toLowerCase() ?? '')?.[0]
  if (type === undefined || type === 'not-spam') return OTHER
  const returnPath = fields.get('original-mail-from')?.replaceAll(/[<>\s]/g, '') ?? null
  return { kind: 'complained', reason: type, returnPath }
}

function groupsOf(content: string): Map<string, string>[] {
  return content
    .replaceAll('\r\n', '\n')
    .trim()
    .split(/\n{2,}/)
    .map((group) => {
      const unfolded = group.replaceAll(/\n[ \t]+/g, ' ')
      return new Map(
        unfolded.split('\n').map((line): [string, string] => {
          const colon = line.indexOf(':')
          return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]
        }),
      )
    })
}
