import { type Db, isUniqueViolation, transact } from '@myanm/database'
import { changeLogin } from '#accounts'
import { record } from '#journal'
import type { Tables } from '../tables.ts'

/**
 * Another login for the same account. The database says whether it is somebody's, whatever its spelling,
 * a login or an address: of two who choose it at once, one has it (E12).
 */
export async function chooseLogin(
  { db }: { readonly db: Db<Tables> },
  choice: { readonly account: string; readonly login: string },
): Promise<'chosen' | 'taken'> {
  const { account, login } = choice
  try {
    await transact(db, async (tx) => {
      await changeLogin(tx, account, login)
      await record(tx, { event: 'login-changed', account })
    })
    return 'chosen'
  } catch (error) {
    if (isSomebodys(error)) return 'taken'
    throw error
  }
}

/** Whether the database refused a login or an address because another account has it. */
export function isSomebodys(error: unknown): boolean {
  return ['account_login_key', 'account_email_key', 'account_identifier_pkey'].some((constraint) =>
    isUniqueViolation(error, constraint),
  )
}
