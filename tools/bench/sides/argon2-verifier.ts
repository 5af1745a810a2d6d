/**
 * The yardstick of P1: this machine verifying passwords and doing nothing else. Parameters are those
 * written in the hash MyANM made. `POST /?times=n` is answered when n are done.
 */
import { createServer } from 'node:http'
import { availableParallelism } from 'node:os'
import argon2 from 'argon2'
import { crowd } from '../load/crowd.ts'

const hash = process.env['HASH'] ?? ''
const password = process.env['PASSWORD'] ?? ''

const server = createServer(async (request, response) => {
  const times = Number(new URL(request.url ?? '', 'http://here').searchParams.get('times'))
  await crowd({ times, members: availableParallelism() }, async () => {
    if (!(await argon2.verify(hash, password))) throw new Error('The password does not match')
  })
  response.end()
})
server.listen(Number(process.env['PORT']), '127.0.0.1')

process.stdin.on('end', () => process.exit()).resume()
process.on('SIGTERM', () => process.exit())
