import type pg from 'pg'

/** Rows per statement: short enough that nobody waits behind it. */
const BATCH = 5000

/** How long an expired artefact is kept, so that an answer can still say « expired ». */
const KEPT = '1 hour'

/** Deletes what has expired, a batch at a time, until nothing is left. */
export async function sweepExpired(pool: pg.Pool): Promise<void> {
  for (const [table, key] of [
    ['oidc_artefact', 'id'],
    ['acting_context', 'session_uid'],
    ['spent_challenge', 'challenge'],
  ]) {
    let deleted: number | null
    do {
      const { rowCount } = await pool.query(
        `delete from ${table} where ${key} in
          (select ${key} from ${table} where expires_at < now() - interval '${KEPT}' limit ${BATCH})`,
      )
      deleted = rowCount
    } while (deleted === BATCH)
  }
  await pool.query("delete from diagnosis where at < now() - interval '7 days'")
  await pool.query('delete from attempt where expire < $1', [Date.now()])
}
