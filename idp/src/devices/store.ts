import type { Db, Tx } from '@myanm/database'
import { type Selectable, sql } from 'kysely'
import type { Tables } from '../tables.ts'

export type Device = Readonly<Selectable<Tables['device']>>

/** Keeps what a session was opened with; proven anew in the same session, it is known anew. */
export async function saveDevice(
  tx: Tx<Tables>,
  device: Omit<Device, 'signed_in_at'>,
): Promise<void> {
  const { session_uid, ...known } = device
  await tx
    .insertInto('device')
    .values({ session_uid, ...known })
    .onConflict((conflict) =>
      conflict.column('session_uid').doUpdateSet({ ...known, signed_in_at: sql<Date>`now()` }),
    )
    .execute()
}

export function listDevices(db: Db<Tables>, account: string): Promise<Device[]> {
  return db.selectFrom('device').selectAll().where('account_id', '=', account).execute()
}

/** What is kept of a browser goes with its session: ended, expired, or swept away. */
export async function forgetDevices(db: Db<Tables>): Promise<void> {
  await sql`delete from device where not exists (
    select from oidc_artefact session
      where session.kind = 'Session' and session.session_uid = device.session_uid
  )`.execute(db)
}
