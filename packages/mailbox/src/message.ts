import PostalMime from 'postal-mime'

/** Who the mail was really handed over for, which its own headers need not say. */
export type Envelope = { readonly from: string; readonly to: readonly string[] }

/** A received mail. */
export type Message = {
  /** Sorts by time of arrival. */
  readonly id: string
  readonly envelope: Envelope
  readonly from: { readonly name: string; readonly address: string }
  readonly subject: string
  readonly text: string
  /** '' when the mail has no HTML part. */
  readonly html: string
  readonly attachments: readonly string[]
  readonly headers: readonly { readonly key: string; readonly value: string }[]
  readonly receivedAt: Date
}

export type Arrival = Pick<Message, 'id' | 'envelope' | 'receivedAt'>

/** Reads a mail. What cannot be understood is shown as it came: a strange mail is never lost. */
export async function readMessage(raw: Buffer, arrival: Arrival): Promise<Message> {
  try {
    const mail = await PostalMime.parse(raw, { maxNestingDepth: 20 })
    return {
      ...arrival,
      from: {
        name: mail.from?.name ?? '',
        address: mail.from?.address || arrival.envelope.from,
      },
      subject: mail.subject ?? '',
      text: mail.text ?? '',
      html: mail.html ?? '',
      attachments: mail.attachments.map(({ filename, mimeType }) => filename ?? mimeType),
      headers: mail.headers.map(({ key, value }) => ({ key, value })),
    }
  } catch {
    // postal-mime refuses what nests too deep or has endless headers; the source can still be looked at.
    return {
      ...arrival,
      from: { name: '', address: arrival.envelope.from },
      subject: '',
      text: raw.toString('utf8'),
      html: '',
      attachments: [],
      headers: [],
    }
  }
}
