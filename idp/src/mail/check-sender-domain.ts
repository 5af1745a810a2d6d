import { Resolver } from 'node:dns/promises'

/** What is asked of the domain name system: the real one, or that of a test. */
export type TextResolver = Pick<Resolver, 'resolveTxt'>

/** `unknown`: nobody answered in time; that says nothing of the domain. */
export type Finding = 'good' | 'weak' | 'missing' | 'unknown'

export interface SenderDomain {
  readonly domain: string
  /** Which servers may send for it (RFC 7208). */
  readonly spf: Finding
  /** Whether a signing key is published (RFC 6376); null when no selector was named. */
  readonly dkim: Finding | null
  /** What receivers are to do with what neither vouches for (RFC 7489). */
  readonly dmarc: Finding
}

/** A server that does not answer costs one page a few seconds, not more (milliseconds). */
const PATIENCE = 2000

/** The resolver of this machine, with short patience. */
export const patientResolver = (): TextResolver => new Resolver({ timeout: PATIENCE, tries: 1 })

/**
 * Looks at what the domain of our letters says of itself: without it, big mailbox providers put them
 * aside or refuse them (ahead 7). For the page of staff; asks at most three questions.
 * @param asked.selector the name under which our relay signs, when it does
 */
export async function checkSenderDomain(
  asked: { readonly domain: string; readonly selector?: string | undefined },
  resolver: TextResolver = patientResolver(),
): Promise<SenderDomain> {
  const { domain, selector } = asked
  const [own, dmarc, dkim] = await Promise.all([
    lookUp(resolver, domain),
    lookUp(resolver, `_dmarc.${domain}`),
    selector === undefined ? null : lookUp(resolver, `${selector}._domainkey.${domain}`),
  ])
  return {
    domain,
    spf: judge(own, {
      is: /^v=spf1(\s|$)/i,
      isGood: (text) => /[-~]all\b|\bredirect=/i.test(text),
    }),
    dmarc: judge(dmarc, {
      is: /^v=DMARC1\s*(;|$)/i,
      isGood: (text) => /;\s*p\s*=\s*(quarantine|reject)\b/i.test(text),
    }),
    // An empty key is a withdrawn one (RFC 6376 §3.6.1).
    dkim:
      dkim &&
      judge(dkim, { is: /(^|;)\s*p\s*=/i, isGood: (text) => /(^|;)\s*p\s*=\s*[\w+/]/i.test(text) }),
  }
}

/** The address part of « MyANM <ne-pas-repondre@exemple.be> », right of the @. */
export function domainOf(from: string): string {
  const address = /<([^<>]+)>\s*$/.exec(from)?.[1] ?? from
  return address
    .slice(address.lastIndexOf('@') + 1)
    .trim()
    .toLowerCase()
}

type Texts = readonly string[] | 'no answer'

async function lookUp(resolver: TextResolver, name: string): Promise<Texts> {
  let clock: NodeJS.Timeout | undefined
  const tooLong = new Promise<'no answer'>((resolve) => {
    clock = setTimeout(() => resolve('no answer'), PATIENCE + 500)
  })
  const answer = resolver.resolveTxt(name).then(
    (records): Texts => records.map((parts) => parts.join('')),
    (error: { code?: string }): Texts =>
      error.code === 'ENODATA' || error.code === 'ENOTFOUND' ? [] : 'no answer',
  )
  return await Promise.race([answer, tooLong]).finally(() => clearTimeout(clock))
}

function judge(
  texts: Texts,
  record: { readonly is: RegExp; readonly isGood: (text: string) => boolean },
): Finding {
  if (texts === 'no answer') return 'unknown'
  const found = texts.filter((text) => record.is.test(text.trim()))
  const [text] = found
  if (text === undefined) return 'missing'
  // Of two nobody knows which holds: receivers take neither (RFC 7208 §4.5, RFC 7489 §6.6.3).
  return found.length === 1 && record.isGood(text) ? 'good' : 'weak'
}
