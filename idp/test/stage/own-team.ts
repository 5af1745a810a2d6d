import type { Role } from '@myanm/permissions'
import { arrange, query, type TestDatabase } from '@myanm/testing'

/** Organisations of a test's own, led and peopled by those of the scene: many tests share one MyANM. */
export function ownTeams(database: TestDatabase, accounts: ReadonlyMap<string, string>) {
  let made = 0
  const idOf = (key: string): string => accounts.get(key) ?? ''

  return {
    async team(roles: Readonly<Record<string, Role>>): Promise<string> {
      made += 1
      const digits = String(7_000_000 + made).padStart(8, '0')
      const bce = digits + String(97 - (Number(digits) % 97)).padStart(2, '0')
      const [row] = await query<{ id: string }>(
        database,
        `with here as (
            insert into organisation (kind, bce, name, nonprofit)
              values ('organisme', $1, $2, true) returning id
          )
          insert into membership (organisation_id, account_id, role)
            select here.id, account, role from here,
              unnest($3::uuid[], $4::organisation_role[]) as given (account, role)
            returning organisation_id as id`,
        [bce, `Association ${made}`, Object.keys(roles).map(idOf), Object.values(roles)],
      )
      return row?.id ?? ''
    },

    /** Who has which role there, by the keys of the scene. */
    async rolesIn(organisation: string): Promise<Record<string, string>> {
      const rows = await query<{ login: string; role: string }>(
        database,
        `select login, role from membership join account on account.id = account_id
          where organisation_id = $1 and membership.state = 'active'`,
        [organisation],
      )
      return Object.fromEntries(rows.map(({ login, role }) => [login, role]))
    },

    async membershipOf(organisation: string, key: string): Promise<string> {
      const [row] = await query<{ id: string }>(
        database,
        `select id from membership
          where organisation_id = $1 and account_id = $2 and state = 'active'`,
        [organisation, idOf(key)],
      )
      return row?.id ?? ''
    },

    /** An invitation that waits, of whoever reads the address of somebody of the scene. */
    async invited(
      organisation: string,
      given: { readonly by: string; readonly who: string; readonly role?: Role },
    ): Promise<string> {
      const { by, who, role = 'COLLABORATEUR' } = given
      const [row] = await query<{ id: string }>(
        database,
        `insert into invitation (organisation_id, email, account_id, role, invited_by)
          values ($1, $2, $3, $4, $5) returning id`,
        [organisation, `${who}@exemple.be`, idOf(who), role, idOf(by)],
      )
      return row?.id ?? ''
    },

    async asks(organisation: string, who: string): Promise<string> {
      const [row] = await query<{ id: string }>(
        database,
        `insert into join_request (organisation_id, asked_name, account_id)
          values ($1, 'Une association', $2) returning id`,
        [organisation, idOf(who)],
      )
      return row?.id ?? ''
    },

    isRemoved: (organisation: string, key: string) =>
      query(
        database,
        `update membership set state = 'removed', until = now()
          where organisation_id = $1 and account_id = $2 and state = 'active'`,
        [organisation, idOf(key)],
      ),

    /** Who came in is out again, who was lowered is what they were, and nothing is written of either. */
    async startAgain(
      organisation: string,
      { leave, raise }: { readonly leave: string; readonly raise: string },
    ): Promise<void> {
      const whose = 'organisation_id = $1 and account_id = $2'
      await arrange(database, `delete from membership where ${whose}`, [organisation, idOf(leave)])
      await arrange(database, `update membership set role = 'RESPONSABLE' where ${whose}`, [
        organisation,
        idOf(raise),
      ])
      for (const table of ['invitation', 'journal']) {
        await arrange(database, `delete from ${table} where organisation_id = $1`, [organisation])
      }
    },

    /** Everything a team is and waits for, row by row. */
    async everythingOf(organisation: string): Promise<readonly string[]> {
      const rows = await query<{ row: string }>(
        database,
        `select to_jsonb(m)::text as row from membership m where organisation_id = $1
          union all select to_jsonb(i)::text from invitation i where organisation_id = $1
          union all select to_jsonb(j)::text from join_request j where organisation_id = $1
          union all select to_jsonb(t)::text from manager_transfer t where organisation_id = $1
          union all select to_jsonb(r)::text from rescue r where organisation_id = $1
          order by row`,
        [organisation],
      )
      return rows.map(({ row }) => row)
    },
  }
}

export type Teams = ReturnType<typeof ownTeams>
