import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'

/** An SMTP server that repeats whom a letter is for, and refuses it: what real ones do. */
export async function grumpyPostOffice(): Promise<{
  readonly url: URL
  /** Recipients it was asked for. */
  readonly refused: readonly string[]
  close(): Promise<void>
}> {
  const refused: string[] = []
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.write('220 post.exemple.be ESMTP\r\n')
    socket.on('data', (data) => {
      for (const line of data.toString().split('\r\n').filter(Boolean)) {
        if (/^(EHLO|HELO)/i.test(line)) socket.write('250 post.exemple.be\r\n')
        else if (/^MAIL FROM/i.test(line)) socket.write('250 2.1.0 Ok\r\n')
        else if (/^RCPT TO/i.test(line)) {
          const recipient = /<([^>]*)>/.exec(line)?.[1] ?? ''
          refused.push(recipient)
          socket.write(`550 5.1.1 <${recipient}>: Recipient address rejected\r\n`)
        } else if (/^QUIT/i.test(line)) socket.end('221 2.0.0 Bye\r\n')
        else socket.write('250 2.0.0 Ok\r\n')
      }
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: new URL(`smtp://127.0.0.1:${(server.address() as AddressInfo).port}`),
    refused,
    close: async () => {
      server.close()
      await once(server, 'close')
    },
  }
}
