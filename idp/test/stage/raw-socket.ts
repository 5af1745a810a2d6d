import { connect } from 'node:net'

/** What came back on a bare connection, and how long it took. */
export interface RawAnswer {
  /** 0 when the connection was closed without a word. */
  readonly status: number
  readonly text: string
  readonly milliseconds: number
}

/**
 * Sends bytes as they are and reads until the server closes, or until the first answer is complete
 * enough to know its status. What it sends may stop half-way: `pour` is asked for more until it has none.
 */
export function send(
  port: number,
  head: string | Buffer,
  options: {
    readonly pour?: () => Buffer | null
    readonly patience?: number
  } = {},
): Promise<RawAnswer> {
  const { pour, patience = 5000 } = options
  const started = performance.now()
  return new Promise((resolve) => {
    const socket = connect(port, 'localhost')
    const chunks: Buffer[] = []
    let isDone = false
    const finish = () => {
      if (isDone) return
      isDone = true
      socket.destroy()
      const text = Buffer.concat(chunks).toString('latin1')
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0)
      resolve({ status, text, milliseconds: performance.now() - started })
    }
    const more = () => {
      if (!pour || isDone) return
      for (let chunk = pour(); chunk !== null; chunk = pour()) {
        if (isDone || !socket.write(chunk)) return
      }
    }
    socket.setTimeout(patience, finish)
    socket.on('connect', () => {
      socket.write(head)
      more()
    })
    socket.on('drain', more)
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      // A whole answer has its headers: the body does not matter here.
      if (Buffer.concat(chunks).includes('\r\n\r\n')) setTimeout(finish, 30)
    })
    socket.on('error', finish)
    socket.on('close', finish)
  })
}
