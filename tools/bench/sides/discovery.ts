import type { Endpoints } from './side.ts'

/**
 * What a provider says of itself (OpenID Connect Discovery 1.0).
 * @param address the issuer, or the whole address of its configuration
 * @throws Error when an endpoint the load needs is missing, but for introspection
 */
export async function discover(address: string): Promise<Endpoints> {
  const known = '/.well-known/openid-configuration'
  const url = address.includes('/.well-known/') ? address : address.replace(/\/$/, '') + known
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`)
  const configuration = (await answer.json()) as Readonly<Record<string, unknown>>
  const find = (name: string): URL | null => {
    const value = configuration[`${name}_endpoint`]
    return typeof value === 'string' ? new URL(value) : null
  }
  const get = (name: string): URL => {
    const endpoint = find(name)
    if (!endpoint) throw new Error(`${url} names no ${name} endpoint`)
    return endpoint
  }
  return {
    authorization: get('authorization'),
    token: get('token'),
    introspection: find('introspection'),
  }
}
