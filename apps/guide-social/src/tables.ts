import type { ColumnType, Generated } from 'kysely'
import type { OfferContent } from './job-offers/content.ts'
import type { State } from './job-offers/rules.ts'

/** The tables of schema `guide_social`. */
export interface Tables {
  job_offer: JobOfferTable
  job_offer_version: JobOfferVersionTable
}

/** A `date`: written as `2026-12-31`; reading it as a Date would shift it, so it is read as text. */
type DayColumn = ColumnType<never, string | null, string | null>

/** Kept by the database. */
type Computed<T> = ColumnType<T, never, never>

export interface JobOfferTable {
  id: Computed<string>
  number: Computed<number>
  slug: string
  organisation_id: string
  organisation_name: string
  author_sub: string
  submission: string
  state: State
  version: Generated<number>
  title: string
  occupation: string | null
  other_occupation: string | null
  description: string | null
  postcode: string | null
  locality: string | null
  contract: string | null
  contract_length: string | null
  regime: string | null
  weekly_minutes: number | null
  posts: number
  joint_committee: string | null
  pay_scale: string | null
  pay_min: number | null
  pay_max: number | null
  pay_per: string
  pay_told_before_interview: boolean
  aids: readonly string[]
  diploma: string | null
  experience: string | null
  languages: string | null
  driving_licence: boolean
  starts_on: DayColumn
  ends_on: DayColumn
  apply_email: string | null
  apply_url: string | null
  apply_phone: string | null
  apply_note: string | null
  search_words: string
  search: Computed<string>
  locality_key: string | null
  created_at: Date
  changed_at: Date
  published_at: Date | null
  published_until: DayColumn
  deleted_at: Date | null
}

export interface JobOfferVersionTable {
  offer_id: string
  version: number
  what: OfferEvent
  by_sub: string
  at: Date
  content: ColumnType<OfferContent, string, never>
}

export type OfferEvent = 'created' | 'edited' | 'published' | 'withdrawn' | 'deleted' | 'restored'
