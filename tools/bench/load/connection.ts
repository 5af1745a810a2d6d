import { Pool } from 'undici'

export interface Answer {
  readonly status: number
  /** Where it sends us, as written; undefined when it does not. */
  readonly location: string | undefined
  readonly cookies: readonly string[]
  readonly text: string
}

export interface Request {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** Kept-alive connections to one origin. Redirects are answers: nothing is followed. */
export interface Connection {
  readonly origin: string
  send(request: Request): Promise<Answer>
  close(): Promise<void>
}

/** @param width most requests at once; more would wait here and be counted as the provider's time */
export function connect(origin: string, width: number): Connection {
  const pool = new Pool(origin, { connections: width, pipelining: 1 })
  return {
    origin,
    send: async (request) => {
      const { statusCode, headers, body } = await pool.request({ ...request })
      const cookies = headers['set-cookie'] ?? []
      return {
        status: statusCode,
        location: typeof headers['location'] === 'string' ? headers['location'] : undefined,
        cookies: typeof cookies === 'string' ? [cookies] : cookies,
        text: await body.text(),
      }
    },
    close: () => pool.destroy(),
  }
}
