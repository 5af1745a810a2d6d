import type { Answer, Connection } from './connection.ts'
import { newCookies } from './cookies.ts'

/** One browser: its cookies, one request after the other. */
export interface Visitor {
  /** @param address absolute, or below the origin */
  open(address: string): Promise<Answer>
  fill(address: string, fields: URLSearchParams): Promise<Answer>
}

export function newVisitor(connection: Connection): Visitor {
  const cookies = newCookies()

  const send = async (address: string, body?: string): Promise<Answer> => {
    const url = new URL(address, connection.origin)
    if (url.origin !== connection.origin) throw new Error(`Sent away to ${url.origin}`)
    const cookie = cookies.headerFor(url.pathname)
    const answer = await connection.send({
      method: body === undefined ? 'GET' : 'POST',
      path: url.pathname + url.search,
      headers: {
        accept: 'text/html',
        ...(cookie !== '' && { cookie }),
        ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(body !== undefined && { body }),
    })
    cookies.keep(answer.cookies, url.pathname)
    return answer
  }

  return {
    open: (address) => send(address),
    fill: (address, fields) => send(address, fields.toString()),
  }
}
