import type { Db, Tx } from '@myanm/database'
import { record } from '#journal'
import { displayName } from '#rules/accounts'
import type { Tables } from '../tables.ts'
import { type AttachRefusal, type Compared, refusalToAttach } from './rules.ts'
import {
  findAccounts,
  type LegacyAccount,
  listOrganisations,
  lockAccounts,
  mergeAccounts,
} from './store.ts'

interface Attachment {
  /** The person's account, which stays. */
  readonly account: string
  /** The old one, which becomes part of it. Its mailbox is proven too. */
  readonly legacyAccount: string
}

export type Attached =
  | { readonly attached: true }
  | { readonly attached: false; readonly because: AttachRefusal }

/**
 * Makes an old account part of a person's own, in the caller's transaction (M24): its login leads here
 * from now on, its memberships are theirs, and where both say something the newer stays: what the person
 * told MyANM. Call it only after both mailboxes are proven.
 */
export async function attachLegacy(tx: Tx<Tables>, pair: Attachment): Promise<Attached> {
  const { account, legacyAccount } = pair
  const found = await lockAccounts(tx, [account, legacyAccount])
  const { into, from } = pick(found, pair)
  const because = refusalToAttach(into, from)
  if (because) return { attached: false, because }
  await mergeAccounts(tx, { from: legacyAccount, into: account })
  await record(tx, { event: 'legacy-merged', account, details: { from: legacyAccount } })
  return { attached: true }
}

/** What attaching would do, to be shown before it is decided. */
export interface AttachmentPreview {
  /** Where the two say different things. */
  readonly differences: readonly Compared[]
  /** Organisations the old account brings. */
  readonly organisations: readonly string[]
}

/** @returns null when there is nothing to attach */
export async function previewAttachment(
  db: Db<Tables>,
  pair: Attachment,
): Promise<AttachmentPreview | null> {
  const { into, from } = pick(await findAccounts(db, [pair.account, pair.legacyAccount]), pair)
  if (!into || !from || refusalToAttach(into, from)) return null
  const pairs = [
    ['name', displayName({ ...into, email: null }), displayName({ ...from, email: null })],
    ['login', into.login, from.login],
    ['email', into.email, from.email],
  ] as const
  return {
    differences: pairs.flatMap(([field, kept, other]) =>
      kept && other && kept !== other ? [{ field, kept, other }] : [],
    ),
    organisations: await listOrganisations(db, from.id),
  }
}

function pick(found: readonly LegacyAccount[], { account, legacyAccount }: Attachment) {
  return {
    into: found.find(({ id }) => id === account),
    from: found.find(({ id }) => id === legacyAccount),
  }
}
