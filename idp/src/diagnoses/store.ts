import type { Db, Tx } from '@myanm/database'
import { type Selectable, sql } from 'kysely'
import type { Tables } from '../tables.ts'
import type { Cause } from './rules.ts'

export interface Diagnosis {
  readonly reference: string
  readonly client: string
  readonly cause: Cause
  readonly words: string
  readonly given: string | null
  readonly expected: string | null
}

/** A site that errs in a loop, or somebody who errs in its name: more in a minute are not kept. */
const MOST_A_MINUTE = 60

export async function saveDiagnosis(tx: Tx<Tables>, diagnosis: Diagnosis): Promise<void> {
  const { reference, client, cause, words, given, expected } = diagnosis
  await sql`insert into diagnosis (reference, client_id, cause, words, given, expected)
    select ${reference}, client_id, ${cause}, ${words}, ${given}::text, ${expected}::text from client
      where client_id = ${client} and ${MOST_A_MINUTE} > (
        select count(*) from diagnosis
          where client_id = ${client} and at > now() - interval '1 minute'
      )`.execute(tx)
}

/** The latest of this site with this reference. */
export function findDiagnosis(
  db: Db<Tables>,
  { client, reference }: { readonly client: string; readonly reference: string },
): Promise<Selectable<Tables['diagnosis']> | undefined> {
  return db
    .selectFrom('diagnosis')
    .selectAll()
    .where('client_id', '=', client)
    .where('reference', '=', reference)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
}
