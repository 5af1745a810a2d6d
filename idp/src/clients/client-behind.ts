import { timingSafeEqual } from 'node:crypto'
import { hashClientSecret } from './rules.ts'

const BASIC = /^Basic ([\w+/]+=*)$/

/** The client behind HTTP Basic (RFC 6749 §2.3.1), when it is one and its secret is right. */
export function clientBehind(
  authorization: string,
  clients: ReadonlyMap<string, { readonly secret_hash: string }>,
): string | undefined {
  const encoded = BASIC.exec(authorization)?.[1]
  if (encoded === undefined) return undefined
  const pair = Buffer.from(encoded, 'base64').toString().split(':')
  const [id, secret] = pair.map(decoded)
  const client = clients.get(id ?? '')
  if (!client || !id || !secret || pair.length !== 2) return undefined
  const expected = Buffer.from(client.secret_hash)
  const given = Buffer.from(hashClientSecret(secret))
  return expected.length === given.length && timingSafeEqual(expected, given) ? id : undefined
}

/** Both parts are form-encoded before they are joined; some libraries do, some do not need to. */
function decoded(text: string): string | undefined {
  if (!/[%+]/.test(text)) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    // Not an encoding: then it is no name of a client either.
    return undefined
  }
}
