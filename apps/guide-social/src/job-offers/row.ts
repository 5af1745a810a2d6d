import type { JobOfferTable } from '../tables.ts'
import type { Day, OfferContent } from './content.ts'
import type { State } from './rules.ts'
import { fold, searchWordsOf } from './words.ts'

/** An offer as it is stored. */
export interface Offer {
  readonly id: string
  readonly number: number
  readonly slug: string
  readonly organisationId: string
  readonly organisationName: string
  readonly authorSub: string
  readonly state: State
  readonly version: number
  readonly content: OfferContent
  readonly createdAt: Date
  readonly changedAt: Date
  readonly publishedAt: Date | null
  readonly publishedUntil: Day | null
  readonly deletedAt: Date | null
}

/** The columns of a whole offer, but for its days, which are read as text. */
export const WHOLE = [
  'id',
  'number',
  'slug',
  'organisation_id',
  'organisation_name',
  'author_sub',
  'state',
  'version',
  'title',
  'occupation',
  'other_occupation',
  'description',
  'postcode',
  'locality',
  'contract',
  'contract_length',
  'regime',
  'weekly_minutes',
  'posts',
  'joint_committee',
  'pay_scale',
  'pay_min',
  'pay_max',
  'pay_per',
  'pay_told_before_interview',
  'aids',
  'diploma',
  'experience',
  'languages',
  'driving_licence',
  'apply_email',
  'apply_url',
  'apply_phone',
  'apply_note',
  'created_at',
  'changed_at',
  'published_at',
  'deleted_at',
] as const satisfies readonly (keyof JobOfferTable)[]

/** A row as it is read: the columns of `WHOLE` and the days. */
export type Row = Pick<
  { [C in keyof JobOfferTable]: Read<JobOfferTable[C]> },
  (typeof WHOLE)[number]
> &
  Record<'starts_on' | 'ends_on' | 'published_until', Day | null>

type Read<C> = C extends { readonly __select__: infer S } ? S : C

export function offerOf(row: Row): Offer {
  return {
    id: row.id,
    number: row.number,
    slug: row.slug,
    organisationId: row.organisation_id,
    organisationName: row.organisation_name,
    authorSub: row.author_sub,
    state: row.state,
    version: row.version,
    content: contentOf(row),
    createdAt: row.created_at,
    changedAt: row.changed_at,
    publishedAt: row.published_at,
    publishedUntil: row.published_until,
    deletedAt: row.deleted_at,
  }
}

/** The checks of the table hold the closed lists; the code that reads them need not doubt again. */
function contentOf(row: Row): OfferContent {
  return {
    title: row.title,
    occupation: row.occupation as OfferContent['occupation'],
    otherOccupation: row.other_occupation,
    description: row.description,
    postcode: row.postcode,
    locality: row.locality,
    contract: row.contract as OfferContent['contract'],
    contractLength: row.contract_length,
    regime: row.regime as OfferContent['regime'],
    weeklyMinutes: row.weekly_minutes,
    posts: row.posts,
    jointCommittee: row.joint_committee as OfferContent['jointCommittee'],
    payScale: row.pay_scale,
    payMin: row.pay_min,
    payMax: row.pay_max,
    payPer: row.pay_per as OfferContent['payPer'],
    payToldBeforeInterview: row.pay_told_before_interview,
    aids: row.aids as OfferContent['aids'],
    diploma: row.diploma,
    experience: row.experience,
    languages: row.languages,
    drivingLicence: row.driving_licence,
    startsOn: row.starts_on,
    endsOn: row.ends_on,
    applyEmail: row.apply_email,
    applyUrl: row.apply_url,
    applyPhone: row.apply_phone,
    applyNote: row.apply_note,
  }
}

/** The columns an offer's text fills, its search words included. */
export function columnsOf(content: OfferContent, organisationName: string) {
  return {
    organisation_name: organisationName,
    title: content.title,
    occupation: content.occupation,
    other_occupation: content.otherOccupation,
    description: content.description,
    postcode: content.postcode,
    locality: content.locality,
    contract: content.contract,
    contract_length: content.contractLength,
    regime: content.regime,
    weekly_minutes: content.weeklyMinutes,
    posts: content.posts,
    joint_committee: content.jointCommittee,
    pay_scale: content.payScale,
    pay_min: content.payMin,
    pay_max: content.payMax,
    pay_per: content.payPer,
    pay_told_before_interview: content.payToldBeforeInterview,
    aids: content.aids,
    diploma: content.diploma,
    experience: content.experience,
    languages: content.languages,
    driving_licence: content.drivingLicence,
    starts_on: content.startsOn,
    ends_on: content.endsOn,
    apply_email: content.applyEmail,
    apply_url: content.applyUrl,
    apply_phone: content.applyPhone,
    apply_note: content.applyNote,
    search_words: searchWordsOf(content, organisationName),
    locality_key: content.locality === null ? null : fold(content.locality),
  }
}
