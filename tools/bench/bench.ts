import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sides } from './figures/comparison.ts'
import type { Figure } from './figures/figure.ts'
import { growth } from './figures/growth.ts'
import { introspection } from './figures/introspection.ts'
import { kills } from './figures/kills.ts'
import { passwordSignIn, passwordSignInBoth } from './figures/password-sign-in.ts'
import { refreshing } from './figures/refresh.ts'
import { rightsChange } from './figures/rights-change.ts'
import { rightsOnAPage } from './figures/rights-on-a-page.ts'
import { runningSession } from './figures/running-session.ts'
import { memoryAfterLoad, startUp } from './figures/start-up.ts'
import { statements } from './figures/statements.ts'
import type { Options } from './options.ts'
import { describeMachine } from './report/machine.ts'
import type { Report } from './report/report.ts'
import { startVerifier } from './sides/argon2.ts'
import { startBare } from './sides/bare.ts'
import type { Child } from './sides/child.ts'
import { startDatabase } from './sides/database.ts'
import { myanmSide } from './sides/myanm.ts'
import { otherSide } from './sides/other.ts'

/**
 * Measures one figure after the other, both sides of each in this run.
 *
 * @param scene where what is started is left to be stopped, in reverse
 * @param tell hears what is being done
 */
export async function bench(
  root: string,
  options: Options,
  { scene, tell }: { readonly scene: AsyncDisposableStack; readonly tell: (what: string) => void },
): Promise<Report> {
  const began = performance.now()
  const machine = describeMachine()
  const { effort, other, only } = options
  const figures: Figure[] = []
  const faults: string[] = []

  const directory = await newFolder(root, scene)
  const scenery: { myanm?: Child } = {}
  const wants = (code: string) => only === null || only.has(code)
  const gather = async (code: string, what: string, work: () => Promise<Figure[]>) => {
    if (!wants(code)) return
    tell(`${code} ${what}`)
    try {
      figures.push(...(await work()))
    } catch (error) {
      const fate = scenery.myanm?.fate()
      const end = fate == null ? '' : ` (MyANM has ended: ${fate})`
      faults.push(`${code}: ${String(error)}${end}${await lastComplaints(directory)}`)
    }
  }

  tell('PostgreSQL, people, passwords')
  const database = scene.use(await startDatabase({ root, directory }))
  const installation = { root, directory, database }
  // First of all: it also leaves compiled code behind, as the first ordinary start does.
  await gather('P9', 'statements', () => statements(installation))

  tell('P8 starts')
  const starts = wants('P8') ? effort.starts : 1
  const { myanm, figures: starting } = await startUp(installation, starts)
  scenery.myanm = scene.use(myanm)
  const sides: Sides = {
    ours: await myanmSide(myanm, database),
    theirs: other ? await otherSide(other) : scene.use(await startBare({ directory })).side,
    isYardstick: other === null,
  }

  await gather('P2', 'sign-ins with a running session', () => runningSession(sides, effort))
  await gather('P3', 'introspections', () => introspection(sides, effort))
  await gather('P4', 'refreshes', () => refreshing(sides, effort))
  if (other === null) {
    await gather('P6', 'changes of rights', () => rightsChange(sides.ours, effort, database.url))
    await gather('P6', 'changes of rights on the page of a site', () =>
      rightsOnAPage(sides.ours, effort, installation),
    )
    await gather('P6 KILLS', `${effort.kills} times`, () => kills(root, effort.kills, directory))
  }
  // Last: by now the engine is compiled as well as it gets, and only the pages are still cold.
  await gather('P1', 'sign-ins with a password', async () => {
    if (other) return passwordSignInBoth(sides, effort)
    await using verifier = await startVerifier({ directory, kept: database.kept })
    return await passwordSignIn(sides, verifier, effort)
  })
  await gather('P8', 'memory', async () => [...starting, memoryAfterLoad(myanm)])

  // Two of us and no other side: what grows is ours.
  if (other === null) {
    await gather('P5', 'growth', () => growth({ root, directory }, effort, tell))
  }

  return {
    machine,
    against: sides.theirs.name,
    figures: figures.toSorted((left, right) => left.code.localeCompare(right.code)),
    faults,
    seconds: (performance.now() - began) / 1000,
  }
}

/** Beside the data of `start`, on the same disk: a temporary folder may be in memory, where fsync is free. */
async function newFolder(root: string, scene: AsyncDisposableStack): Promise<string> {
  await mkdir(join(root, '.data'), { recursive: true, mode: 0o700 })
  const directory = await mkdtemp(join(root, '.data', 'bench-'))
  scene.defer(() => rm(directory, { recursive: true, force: true }))
  return directory
}

/** What MyANM wrote in its log besides requests, were it its last words: the folder is gone afterwards. */
async function lastComplaints(directory: string): Promise<string> {
  const log = await readFile(join(directory, 'myanm.log'), 'utf8').catch(() => '')
  const complaints = log.split('\n').filter((line) => !/"level":30|^$/.test(line))
  return complaints
    .slice(-12)
    .map((line) => `\n    ${line}`)
    .join('')
}
