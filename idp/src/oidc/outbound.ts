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

/**
 * Posts a form to a site. No redirect is followed, nothing inside our own network is reached
 * (SSRF, yardsticks F43), unless this whole installation stands on one's own machine.
 * @returns the status of the answer
 * @throws Error when refused, unreachable or slower than 5 s
 */
export function postForm(
  target: URL,
  fields: Readonly<Record<string, string>>,
  reach: { readonly local: boolean },
): Promise<number> {
  const body = new URLSearchParams(fields).toString()
  const send = target.protocol === 'https:' ? requestHttps : requestHttp
  if (
    !reach.local &&
    (target.protocol !== 'https:' || isIP(target.hostname.replace(/[[\]]/g, '')))
  ) {
    return Promise.reject(new Error('only https, and only names'))
  }
  return new Promise((done, fail) => {
    const request = send(
      target,
      {
        method: 'POST',
        headers: {
          'Content-Type': 'application/x-www-form-urlencoded',
          'Content-Length': Buffer.byteLength(body),
        },
        signal: AbortSignal.timeout(PATIENCE),
        ...(reach.local ? {} : { lookup: outsideOnly }),
      },
      (answer) => {
        answer.resume()
        done(answer.statusCode ?? 0)
      },
    )
    request.on('error', fail)
    request.end(body)
  })
}
