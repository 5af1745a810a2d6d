import type { Log } from '@myanm/chassis'
import { type Db, type Tx, transact } from '@myanm/database'
import { record, recordEach } from '#journal'
import { endSessionsOf } from '#oidc'
import type { Tables } from '../tables.ts'
import { HELD } from './map/index.ts'
import { type Entry, personalColumns } from './rules.ts'
import {
  deleteAccount,
  deleteJourneysOf,
  deleteMessagesFrom,
  deleteRowsOf,
  dropJobsOf,
  emptyAccount,
  endMemberships,
  forgetConsentsOf,
  forgetDecisionsOf,
  forgetNameInLetters,
  takeDue,
  takeUnconfirmed,
} from './store.ts'

/** What a person leaves behind is found in the map: a table that is added there is emptied here. */
const ROWS = Object.entries(HELD as Readonly<Record<string, Entry>>).flatMap(
  ([table, { erasure, person }]) => (erasure === 'row' && person ? [{ table, link: person }] : []),
)

/** What is found by an address, while it is still known whose it is. */
const BY_ADDRESS = ROWS.filter(({ link }) => 'either' in link)
const BY_NUMBER = ROWS.filter(({ link }) => !('either' in link))

/** What an account says once nobody is behind it. */
const EMPTY = Object.fromEntries(
  personalColumns(HELD.account)
    .filter(([name, { erased }]) => erased !== 'kept' && name !== 'deleted_at')
    .map(([name, { erased }]) => [name, typeof erased === 'object' ? erased.to : null]),
)

/**
 * Erases the accounts whose seven days are over (6.1, ML32). Each is a transaction of its own: killed in
 * the middle, an account is erased whole or not at all, and the next run goes on. Two at once take
 * different accounts.
 * @returns how many
 */
export function eraseDue(needs: { readonly db: Db<Tables>; readonly log: Log }): Promise<number> {
  return oneByOne(needs, {
    name: 'accounts erased',
    next: takeDue,
    forget: async (tx, account) => {
      for (const { table, link } of BY_ADDRESS) await deleteRowsOf(tx, { table, link, account })
      await forgetNameInLetters(tx, account)
      await leaveNothing(tx, account)
      await forgetDecisionsOf(tx, account)
      const ended = await endMemberships(tx, account)
      await recordEach(
        tx,
        ended.map(({ organisation, role }) => ({
          event: 'membership-left' as const,
          ...{ organisation, account, details: { role, because: 'erased' } },
        })),
      )
      await emptyAccount(tx, account, EMPTY)
      await forgetConsentsOf(tx, account)
      await record(tx, { event: 'account-erased', account })
    },
  })
}

/**
 * Forgets accounts whose address was never confirmed: they go whole (6.1, M48). What was sent to that
 * address stays: nobody has shown that it is theirs.
 * @returns how many
 */
export function purgeUnconfirmed(needs: {
  readonly db: Db<Tables>
  readonly log: Log
}): Promise<number> {
  return oneByOne(needs, {
    name: 'unconfirmed accounts purged',
    next: takeUnconfirmed,
    forget: async (tx, account) => {
      await leaveNothing(tx, account)
      await deleteAccount(tx, account)
      await record(tx, { event: 'account-purged', account })
    },
  })
}

/** Everything of a person but the row that says there was somebody. */
async function leaveNothing(tx: Tx<Tables>, account: string): Promise<void> {
  // While the addresses are still known by which messages and journeys are found.
  await deleteMessagesFrom(tx, account)
  await deleteJourneysOf(tx, account)
  await dropJobsOf(tx, account)
  await endSessionsOf(tx, account, 'all')
  for (const { table, link } of BY_NUMBER) await deleteRowsOf(tx, { table, link, account })
}

async function oneByOne(
  { db, log }: { readonly db: Db<Tables>; readonly log: Log },
  work: {
    readonly name: string
    readonly next: (tx: Tx<Tables>) => Promise<string | undefined>
    readonly forget: (tx: Tx<Tables>, account: string) => Promise<void>
  },
): Promise<number> {
  for (let done = 0; ; done += 1) {
    const account = await transact(db, async (tx) => {
      const due = await work.next(tx)
      if (due !== undefined) await work.forget(tx, due)
      return due
    })
    if (account !== undefined) continue
    if (done > 0) log.info({ count: done }, work.name)
    return done
  }
}
