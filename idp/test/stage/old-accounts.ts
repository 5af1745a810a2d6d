import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '@myanm/database'
import type { TestDatabase } from '@myanm/testing'
import { type ImportReport, importLegacy } from '../../src/legacy/index.ts'
import type { PlacedLine, PlanLine } from '../../src/legacy/report-store.ts'
import type { Tables } from '../../src/tables.ts'

/** What came of an import: its figures, the plan line by line, the lines refused. */
export interface Imported {
  readonly report: ImportReport
  readonly plan: readonly PlanLine[]
  readonly places: readonly PlacedLine[]
  readonly rejects: readonly { readonly line: number; readonly rejected: string }[]
  readonly ignored: readonly string[]
}

export const HEADING =
  'site;identifiant;login;email;prenom;nom;langue;type_compte;bce;organisme;modifie_le'

/** A line of the file: what is not said is as in most lines. */
export function line(said: {
  readonly site?: string
  readonly id: string
  readonly login?: string
  readonly email?: string
  readonly first?: string
  readonly last?: string
  readonly at?: string
  /** Its organisation: the account is then that one's. */
  readonly bce?: string
  readonly organisation?: string
}): string {
  const { site = 'guide-social', id, login = '', email = '', at = '2024-06-30' } = said
  const { first = 'Anne', last = 'Dupont', bce = '', organisation = '' } = said
  const type = bce === '' ? 'particulier' : 'organisme'
  return [site, id, login, email, first, last, 'fr', type, bce, organisation, at].join(';')
}

/** Runs the import as the command does, on a file made for the test. */
export async function importFile(
  database: TestDatabase,
  content: string | Buffer | readonly string[],
  apply: 'apply' | 'plan-only' = 'apply',
): Promise<Imported> {
  const directory = await mkdtemp(join(tmpdir(), 'myanm-old-'))
  const file = join(directory, 'anciens.csv')
  const text =
    typeof content === 'string' || Buffer.isBuffer(content)
      ? content
      : [HEADING, ...content, ''].join('\n')
  await writeFile(file, text)
  const connection = connect<Tables>({
    url: database.urlFor('idp'),
    name: 'import',
    max: 1,
    patience: 600_000,
  })
  const plan: PlanLine[] = []
  const places: PlacedLine[] = []
  const rejects: { line: number; rejected: string }[] = []
  const ignored: string[] = []
  try {
    const report = await connection.db.connection().execute((db) =>
      importLegacy(db, {
        file,
        apply,
        now: new Date('2026-11-21T10:00:00Z'),
        listener: {
          progress: () => {},
          rejected: (one) => void rejects.push(one),
          planned: (one) => void plan.push(one),
          placed: (one) => void places.push(one),
          ignored: (columns) => void ignored.push(...columns),
        },
      }),
    )
    if (!report) throw new Error('Another import is at work')
    return { report, plan, places, rejects, ignored }
  } finally {
    await connection.close()
    await rm(directory, { recursive: true, force: true })
  }
}
