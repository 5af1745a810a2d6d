import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { JEST } from '../../quality/steps.ts'
import { exactly, type Figure } from './figure.ts'

/** What the fault tells of its kills. */
interface Told {
  readonly kills: number
  /** Kills that came before everything was delivered. */
  readonly caught: number
  readonly lost: number
  readonly twice: number
  readonly outOfOrder: number
}

/**
 * P6, ahead 1: MyANM killed with -9 between the commit of a change of rights and its delivery, so many
 * times, by the fault that does it for `pnpm faults`: how many changes some site has never heard of.
 */
export async function kills(root: string, times: number, directory: string): Promise<Figure[]> {
  const report = join(directory, 'kills.json')
  const [program, ...fixed] = JEST
  const words = ['--selectProjects', 'faults', '--runInBand', 'killed-while-telling']
  const child = spawn(program, [...fixed, ...words], {
    cwd: root,
    env: { ...process.env, KILLS: String(times), KILLS_REPORT: report },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let output = ''
  child.stderr?.on('data', (part: Buffer) => {
    output = (output + part.toString()).slice(-2000)
  })
  const [code] = (await once(child, 'close')) as [number | null]
  const text = await readFile(report, 'utf8').catch(() => '')
  if (text === '') throw new Error(`the kills were not counted (${code}):\n${output}`)
  const told = JSON.parse(text) as Told
  if (told.kills !== times) throw new Error(`${told.kills} kills of ${times}`)
  const line = (what: string, count: number): Figure => ({
    ...{ code: 'P6', what, unit: 'answers' },
    ...{ ours: exactly(count), theirs: null, ratio: null, target: null },
  })
  const none = (count: number) => ({ words: '0', reached: count === 0 })
  return [
    { ...line(`kills: changes lost, of ${times}`, told.lost), target: none(told.lost) },
    {
      ...line(`kills: changes heard out of order`, told.outOfOrder),
      target: none(told.outOfOrder),
    },
    line('kills before everything was delivered', told.caught),
    line('kills: told twice, which changes nothing', told.twice),
  ]
}
