import { lookup as resolve } from 'node:dns'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** Longest we wait for a site to answer, in milliseconds. */
const PATIENCE = 5000

/** Addresses no site of ours can have: loopback, private, link-local, shared, documentation, multicast. */
const INSIDE = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  INSIDE.addSubnet(network, prefix, 'ipv4')
}
for (const [network, prefix] of [
  ['::', 127],
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  INSIDE.addSubnet(network, prefix, 'ipv6')
}

export function isInside(address: string): boolean {
  const family = isIP(address)
  return family === 0 || INSIDE.check(address, family === 6 ? 'ipv6' : 'ipv4')
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
