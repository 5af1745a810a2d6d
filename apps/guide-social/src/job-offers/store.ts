import type { Db, Tx } from '@myanm/database'
import { type ExpressionBuilder, sql } from 'kysely'
import type { OfferEvent, Tables } from '../tables.ts'
import type { Day, OfferContent } from './content.ts'
import { columnsOf, type Offer, offerOf, WHOLE } from './row.ts'
import type { State } from './rules.ts'
import { slugOf } from './slug.ts'

type GuideSocialDb = Db<Tables>
type GuideSocialTx = Tx<Tables>

const day = (column: 'starts_on' | 'ends_on' | 'published_until') =>
  sql<Day | null>`${sql.ref(column)}::text`.as(column)

const wholeOffer = (_: ExpressionBuilder<Tables, 'job_offer'>) =>
  [...WHOLE, day('starts_on'), day('ends_on'), day('published_until')] as const

export async function findOffer(
  db: GuideSocialDb | GuideSocialTx,
  number: number,
): Promise<Offer | undefined> {
  const row = await db
    .selectFrom('job_offer')
    .select(wholeOffer)
    .where('number', '=', number)
    .executeTakeFirst()
  return row && offerOf(row)
}

/** The offer that this very form made, if it has been sent before. */
export async function findSubmitted(
  db: GuideSocialDb | GuideSocialTx,
  form: { readonly authorSub: string; readonly submission: string },
): Promise<Offer | undefined> {
  const row = await db
    .selectFrom('job_offer')
    .select(wholeOffer)
    .where('author_sub', '=', form.authorSub)
    .where('submission', '=', form.submission)
    .executeTakeFirst()
  return row && offerOf(row)
}

/**
 * Adds an offer, unless this form has made one already: two copies of one form at once leave one row.
 *
 * @returns undefined for the copy that came second
 */
export async function insertOffer(
  tx: GuideSocialTx,
  offer: {
    readonly organisation: { readonly id: string; readonly name: string }
    readonly authorSub: string
    readonly submission: string
    readonly content: OfferContent
    readonly life: Life
    readonly now: Date
  },
): Promise<Offer | undefined> {
  const row = await tx
    .insertInto('job_offer')
    .values({
      ...columnsOf(offer.content, offer.organisation.name),
      ...lifeColumns(offer.life),
      slug: slugOf(offer.content.title),
      organisation_id: offer.organisation.id,
      author_sub: offer.authorSub,
      submission: offer.submission,
      created_at: offer.now,
      changed_at: offer.now,
    })
    .onConflict((conflict) => conflict.constraint('job_offer_submission_key').doNothing())
    .returning(wholeOffer)
    .executeTakeFirst()
  return row && offerOf(row)
}

export interface Life {
  readonly state: State
  readonly publishedAt?: Date | null
  readonly publishedUntil?: Day | null
  readonly deletedAt?: Date | null
}

function lifeColumns({ state, publishedAt, publishedUntil, deletedAt }: Life) {
  return {
    state,
    ...(publishedAt !== undefined && { published_at: publishedAt }),
    ...(publishedUntil !== undefined && { published_until: publishedUntil }),
    ...(deletedAt !== undefined && { deleted_at: deletedAt }),
  }
}

/** The version a change is made from. */
export interface Seen {
  readonly id: string
  readonly version: number
}

/**
 * Changes an offer, if it still is the version that was seen. Atomic: of any number of changes made
 * from one version, one happens (E40).
 *
 * @returns undefined when the offer has changed meanwhile
 */
export async function changeOffer(
  tx: GuideSocialTx,
  seen: Seen,
  change: {
    readonly life: Life
    readonly now: Date
    readonly text?: {
      readonly content: OfferContent
      readonly organisationName: string
      readonly slug: string
    }
  },
): Promise<Offer | undefined> {
  const { text } = change
  const row = await tx
    .updateTable('job_offer')
    .set({
      ...lifeColumns(change.life),
      ...(text && { ...columnsOf(text.content, text.organisationName), slug: text.slug }),
      version: seen.version + 1,
      changed_at: change.now,
    })
    .where('id', '=', seen.id)
    .where('version', '=', seen.version)
    .returning(wholeOffer)
    .executeTakeFirst()
  return row && offerOf(row)
}

/** What happened to an offer, and how it read then. */
export interface Version {
  readonly version: number
  readonly what: OfferEvent
  readonly bySub: string
  readonly at: Date
  readonly content: OfferContent
}

export async function recordVersion(
  tx: GuideSocialTx,
  offer: Offer,
  event: { readonly what: OfferEvent; readonly bySub: string },
): Promise<void> {
  await tx
    .insertInto('job_offer_version')
    .values({
      offer_id: offer.id,
      version: offer.version,
      what: event.what,
      by_sub: event.bySub,
      at: offer.changedAt,
      content: JSON.stringify(offer.content),
    })
    .execute()
}

export async function findVersion(db: GuideSocialDb, seen: Seen): Promise<Version | undefined> {
  const row = await db
    .selectFrom('job_offer_version')
    .select(['version', 'what', 'by_sub', 'at', 'content'])
    .where('offer_id', '=', seen.id)
    .where('version', '=', seen.version)
    .executeTakeFirst()
  return row && versionOf(row)
}

/** The latest first. */
export async function listVersions(
  db: GuideSocialDb,
  offerId: string,
  most: number,
): Promise<readonly Omit<Version, 'content'>[]> {
  const rows = await db
    .selectFrom('job_offer_version')
    .select(['version', 'what', 'by_sub', 'at'])
    .where('offer_id', '=', offerId)
    .orderBy('version', 'desc')
    .limit(most)
    .execute()
  return rows.map(({ by_sub: bySub, ...row }) => ({ ...row, bySub }))
}

function versionOf(row: {
  version: number
  what: OfferEvent
  by_sub: string
  at: Date
  content: OfferContent
}): Version {
  const { by_sub: bySub, ...rest } = row
  return { ...rest, bySub }
}

/** Removes what nobody can bring back any more, a bounded number at a time. */
export async function purgeDeleted(db: GuideSocialDb, before: Date, most: number): Promise<void> {
  await db
    .deleteFrom('job_offer')
    .where(
      'id',
      'in',
      db
        .selectFrom('job_offer')
        .select('id')
        .where('state', '=', 'deleted')
        .where('deleted_at', '<', before)
        .limit(most),
    )
    .execute()
}
