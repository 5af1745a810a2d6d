import { lookup as resolve } from 'node:dns'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** Longest we wait for a site to answer, in milliseconds. */
const PATIENCE = 5000

/**
 * Addresses no site of ours can have: loopback, private, link-local, shared, documentation, multicast,
 * and the ways IPv6 has to write one of those (mapped, NAT64, 6to4, Teredo).
 */
const INSIDE = { ipv4: new BlockList(), ipv6: new BlockList() } as const
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  INSIDE.ipv4.addSubnet(network, prefix, 'ipv4')
}
for (const [network, prefix] of [
  ['::', 96],
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const) {
  INSIDE.ipv6.addSubnet(network, prefix, 'ipv6')
}

export function isInside(address: string): boolean {
  // A list of each: one list would find every IPv4 address in its mapped form, and all be inside.
  switch (isIP(address)) {
    case 4:
      return INSIDE.ipv4.check(address, 'ipv4')
    case 6:
      return INSIDE.ipv6.check(address, 'ipv6')
    default:
      return true
  }
}

/** Looks a name up and refuses what points inside: checked on the very address that is connected to. */
const outsideOnly: LookupFunction = (hostname, options, done) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return done(error, '', 0)
    const refused = addresses.some(({ address }) => isInside(address))
    const first = addresses[0]
    if (refused || !first) return done(new Error('address inside our own network'), '', 0)
    if (options.all) return done(null, addresses)
    done(null, first.address, first.family)
  })
}

/** Whether an installation that stands on one's own machine is talked to: nothing is inside then. */
export interface Reach {
  readonly local: boolean
}

export interface Message {
  readonly type: string
  readonly body: string
  /** Longest its answer is waited for, in milliseconds; 5 s when not said. */
  readonly patience?: number
}

/** What a site answered; the text of a refusal (400), as far as anybody would read it. */
export interface Answer {
  readonly status: number
  readonly text: string
}

/** Longest refusal that is read, in bytes. */
const LONGEST_REFUSAL = 2_000

/**
 * Posts something to a site. No redirect is followed, nothing inside our own network is reached
 * (SSRF, yardsticks F43), unless this whole installation stands on one's own machine.
 * @throws Error when refused, unreachable or slow
 */
export async function post(target: URL, message: Message, reach: Reach): Promise<Answer> {
  if (
    !reach.local &&
    (target.protocol !== 'https:' || isIP(target.hostname.replace(/[[\]]/g, '')))
  ) {
    throw new Error('only https, and only names')
  }
  const signal = AbortSignal.timeout(message.patience ?? PATIENCE)
  const send = () => exchange(target, { ...message, signal, reach })
  try {
    return await send()
  } catch (error) {
    // A line kept open from the last time, which the site had just closed: that says nothing of it.
    if (error instanceof StaleLine) return send()
    throw error
  }
}

class StaleLine extends Error {
  override readonly name = 'StaleLine'
}

function exchange(
  target: URL,
  message: Message & { readonly signal: AbortSignal; readonly reach: Reach },
): Promise<Answer> {
  const { type, body, signal, reach } = message
  const open = target.protocol === 'https:' ? requestHttps : requestHttp
  return new Promise((done, fail) => {
    const request = open(
      target,
      {
        method: 'POST',
        headers: {
          'Content-Type': type,
          'Content-Length': Buffer.byteLength(body),
          Accept: 'application/json',
        },
        signal,
        ...(reach.local ? {} : { lookup: outsideOnly }),
      },
      (answer) => {
        const status = answer.statusCode ?? 0
        if (status !== 400) {
          answer.resume()
          return done({ status, text: '' })
        }
        let text = ''
        answer.setEncoding('utf8')
        answer.on('data', (part: string) => {
          text = (text + part).slice(0, LONGEST_REFUSAL)
        })
        answer.on('end', () => done({ status, text }))
        answer.on('error', fail)
      },
    )
    request.on('error', (error: NodeJS.ErrnoException) =>
      fail(request.reusedSocket && error.code === 'ECONNRESET' ? new StaleLine() : error),
    )
    request.end(body)
  })
}

/** Posts a form to a site, as `post` does. @returns the status of the answer */
export async function postForm(
  target: URL,
  fields: Readonly<Record<string, string>>,
  reach: Reach,
): Promise<number> {
  const type = 'application/x-www-form-urlencoded'
  const body = new URLSearchParams(fields).toString()
  return (await post(target, { type, body }, reach)).status
}
