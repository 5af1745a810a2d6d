import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Envelope, type Message, readMessage } from './message.ts'

/** The oldest mails make room beyond this many. */
const CAPACITY = 500

export type Box = {
  /** Keeps a mail; it is on disk when the promise resolves. */
  readonly deliver: (raw: Buffer, envelope: Envelope) => Promise<void>
  /** Newest first; `to` keeps those handed over for that address, whatever its case. */
  readonly list: (to?: string) => readonly Message[]
  readonly find: (id: string) => Message | undefined
  /** The mail as it arrived. */
  readonly source: (message: Message) => Promise<Buffer>
  readonly empty: () => Promise<void>
}

// The envelope travels as the first line of the file, before the mail: `X-Envelope: {"from":…,"to":[…]}`.
const LABEL = 'X-Envelope: '

/** Opens the box kept in a directory of `.eml` files, with what earlier runs left in it. */
export async function openBox(directory: string, clock: () => Date): Promise<Box> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const pathOf = (id: string) => join(directory, `${id}.eml`)
  let messages: readonly Message[] = await readAll(directory)
  let latest = messages[0]?.receivedAt.getTime() ?? 0

  const newId = (): string => {
    latest = Math.max(clock().getTime(), latest + 1)
    return `${latest}-${randomBytes(6).toString('hex')}`
  }
  const discard = async (some: readonly Message[]) => {
    for (const { id } of some) await rm(pathOf(id), { force: true })
  }

  return {
    async deliver(raw, envelope) {
      const id = newId()
      const label = Buffer.from(`${LABEL}${JSON.stringify(envelope)}\r\n`)
      // Aside first: a reader of the directory never finds half a mail.
      await writeFile(`${pathOf(id)}.part`, Buffer.concat([label, raw]), { mode: 0o600 })
      await rename(`${pathOf(id)}.part`, pathOf(id))
      const message = await readMessage(raw, { id, envelope, receivedAt: arrivalOf(id) })
      const all = [message, ...messages].toSorted(newestFirst)
      messages = all.slice(0, CAPACITY)
      await discard(all.slice(CAPACITY))
    },
    list: (to) => (to === undefined ? messages : messages.filter((one) => isFor(one, to))),
    find: (id) => messages.find((message) => message.id === id),
    source: async ({ id }) => split(await readFile(pathOf(id))).raw,
    async empty() {
      const all = messages
      messages = []
      await discard(all)
    },
  }
}

async function readAll(directory: string): Promise<readonly Message[]> {
  const names = await readdir(directory)
  const kept = names.map((name) => /^(\d+-[0-9a-f]+)\.eml$/.exec(name)?.[1])
  const found: Message[] = []
  for (const id of kept.filter((name) => name !== undefined)) {
    const { raw, envelope } = split(await readFile(join(directory, `${id}.eml`)))
    found.push(await readMessage(raw, { id, envelope, receivedAt: arrivalOf(id) }))
  }
  return found.sort(newestFirst)
}

function split(file: Buffer): { readonly raw: Buffer; readonly envelope: Envelope } {
  const end = file.indexOf('\r\n')
  const label = file.subarray(LABEL.length, end).toString('utf8')
  return { raw: file.subarray(end + 2), envelope: JSON.parse(label) as Envelope }
}

const arrivalOf = (id: string) => new Date(Number.parseInt(id, 10))

const newestFirst = (one: Message, other: Message) =>
  other.receivedAt.getTime() - one.receivedAt.getTime()

const isFor = ({ envelope }: Message, address: string) =>
  envelope.to.some((to) => to.toLowerCase() === address.toLowerCase())
