import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http'

export interface PlainAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** One request as it is given: no library mends its headers, follows its redirects or keeps cookies. */
export function plainly(
  url: URL,
  options: {
    readonly method?: string
    readonly headers?: OutgoingHttpHeaders
    readonly body?: string | Buffer
    /** Address of ours to come from: the loopback network has many. */
    readonly from?: string
    /** The path as it is, when URL would tidy it up. */
    readonly path?: string
  } = {},
): Promise<PlainAnswer> {
  const { method = 'GET', headers = {}, body, from, path } = options
  return new Promise((resolve, reject) => {
    const asked = request(
      url,
      {
        method,
        headers,
        agent: false,
        ...(from !== undefined && { localAddress: from }),
        ...(path !== undefined && { path }),
      },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('error', reject)
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            text: Buffer.concat(chunks).toString(),
          }),
        )
      },
    )
    asked.on('error', reject)
    asked.end(body)
  })
}
