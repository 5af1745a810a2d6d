import { connect, transact } from '@myanm/database'
import { changeRole, lockOrganisation } from '../../../idp/src/organisations/index.ts'
import type { Tables } from '../../../idp/src/tables.ts'

/** Who changes roles, as MyANM's own pages do. */
export interface RoleChanges extends AsyncDisposable {
  /**
   * Gives somebody who is in one organisation another role there: with the organisation held, and a line in
   * the journal.
   * @returns when it was committed, by a clock that never jumps
   */
  give(login: string, role: 'LECTEUR' | 'COLLABORATEUR' | 'RESPONSABLE'): Promise<number>
}

export function openRoleChanges(databaseUrl: URL): RoleChanges {
  const database = connect<Tables>({ url: databaseUrl, name: 'bench', max: 2 })
  return {
    async give(login, role) {
      await transact(database.db, async (tx) => {
        const place = await tx
          .selectFrom('membership')
          .innerJoin('account', 'account.id', 'membership.account_id')
          .select(['organisation_id as organisation', 'account_id as account'])
          .where('account.login', '=', login)
          .where('membership.state', '=', 'active')
          .executeTakeFirstOrThrow()
        await lockOrganisation(tx, place.organisation)
        await changeRole(tx, { ...place, by: null, role })
      })
      return performance.now()
    },
    [Symbol.asyncDispose]: () => database.close(),
  }
}
