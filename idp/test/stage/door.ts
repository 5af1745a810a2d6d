import { load } from 'cheerio'
import { type PlainAnswer, plainly } from './plain-http.ts'
import type { Wire } from './wire.ts'

/** Somebody in front of the sign-in page, with a cookie jar of their own and an address of their choice. */
export interface Door {
  /** Says who they are: the first step. */
  say(login: string): Promise<PlainAnswer>
  /** Tries a password for whom they last said they were: one request. */
  attempt(password: string): Promise<PlainAnswer>
}

/** Begins a sign-in from one address of the loopback network. */
export async function openDoor(
  where: { readonly issuer: URL; readonly wire: Wire },
  from = '127.0.0.1',
  headers: Readonly<Record<string, string>> = {},
): Promise<Door> {
  const { issuer, wire } = where
  const cookies = new Map<string, string>()
  const host = issuer.host

  async function ask(path: string, fields?: Readonly<Record<string, string>>) {
    const body = fields && new URLSearchParams(fields).toString()
    const answer = await plainly(new URL(`http://127.0.0.1:${issuer.port}`), {
      method: body === undefined ? 'GET' : 'POST',
      path,
      from,
      headers: {
        host,
        accept: 'text/html',
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...headers,
        ...(body !== undefined && {
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': Buffer.byteLength(body),
          origin: issuer.origin,
        }),
      },
      ...(body !== undefined && { body }),
    })
    for (const cookie of answer.headers['set-cookie'] ?? []) {
      const [pair = ''] = cookie.split(';')
      const mark = pair.indexOf('=')
      cookies.set(pair.slice(0, mark), pair.slice(mark + 1))
    }
    return answer
  }

  const { url } = wire.request()
  const begun = await ask(url.pathname + url.search)
  const path = new URL(begun.headers.location ?? '', issuer).pathname
  const page = await ask(path)
  const jeton = String(load(page.text)('input[name=jeton]').attr('value'))
  return {
    say: (login) => ask(path, { jeton, identifiant: login }),
    attempt: (password) => ask(`${path}/mot-de-passe`, { jeton, mot_de_passe: password }),
  }
}
