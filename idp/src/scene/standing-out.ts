import type { Secret } from '@myanm/chassis'
import type { Tx } from '@myanm/database'
import { giveApplication } from '#authenticators'
import type { Tables } from '../tables.ts'
import type { ScenePerson } from './cast.ts'

/** What some people of the scene are beside persons: of the team, or from an old application. */
export async function saveWhatStandsOut(
  tx: Tx<Tables>,
  given: {
    readonly account: string
    readonly person: ScenePerson
    readonly keyEncryptionKey: Secret | undefined
  },
): Promise<void> {
  const { account, person } = given
  if (person.staff) {
    const isNew = await tx
      .insertInto('staff_member')
      .values({ account_id: account, invited_by: null, until: null })
      .onConflict((conflict) => conflict.doNothing())
      .returning('account_id')
      .executeTakeFirst()
    const { keyEncryptionKey: key } = given
    const secret = person.staff.oneTimeSecret
    // Once: who was here stays as they are, a factor taken away included.
    if (isNew && key) {
      await giveApplication({ config: { KEY_ENCRYPTION_KEY: key } }, tx, { account, secret })
    }
  }
  if (person.state === 'legacy') {
    await tx
      .insertInto('legacy_identity')
      .values({
        site: 'guide-social',
        identifier: person.key,
        account_id: account,
        login: person.login,
        email: person.email,
        given_name: person.givenName,
        family_name: person.familyName,
        language: 'fr',
        account_type: person.accountType,
        bce: null,
        organisation: null,
        updated_at: new Date('2024-06-30T10:00:00Z'),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
}
