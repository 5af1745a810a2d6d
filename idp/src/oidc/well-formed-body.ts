import { isWellFormed } from '@myanm/chassis'
import type { Context } from 'koa'

/**
 * The engine reads its bodies itself, and takes them as they come: a NUL byte would stay in what it keeps,
 * and whoever reads that later, to erase an account for instance, is refused by PostgreSQL. What is read
 * is held to what our own forms are held to (yardsticks F37); the engine then answers in its own words
 * that it could not read it (`invalid_request`, RFC 6749 §5.2).
 */
export function insistOnWellFormedBody({ req }: Context): void {
  const read = req.iterator.bind(req)
  req.iterator = async function* readWellFormed(options): AsyncGenerator<Buffer, undefined> {
    const chunks: Buffer[] = []
    for await (const chunk of read(options)) {
      chunks.push(chunk)
      yield chunk
    }
    if (isWellFormed(Buffer.concat(chunks).toString())) return undefined
    throw new Error('The body is not well-formed')
  }
}
