import type { Db } from '@myanm/database'
import { findCanary } from '#organisations'
import {
  type Acknowledgement,
  type HearingSite,
  type LatencyStep,
  listAcknowledgements,
  listHearingSites,
  listLatencies,
} from '#signals'
import type { Tables } from '../tables.ts'
import { isLate, isMissed, type Measure, measureOf } from './rules.ts'

/** Changes of one flight of the canary: there and back. */
const FLIGHT = 2

export const PERIODS = ['day', 'week', 'month'] as const
export type Period = (typeof PERIODS)[number]

/** A site, as everybody may know it. */
export interface SiteStatus {
  readonly client: string
  readonly name: string
  /** Since when a change waits that it has not acknowledged; null when it is not late. */
  readonly lateSince: Date | null
  readonly waiting: number
  readonly measured: Readonly<Record<Period, Measure | null>>
  /** The slower of the two changes of the latest flight, in milliseconds; null: no answer. */
  readonly canary: { readonly took: number | null } | null
}

export interface Status {
  readonly at: Date
  readonly flownAt: Date | null
  readonly isMissed: boolean
  readonly sites: readonly SiteStatus[]
}

/** What is published: of sites, not of people. */
export async function presentStatus(db: Db<Tables>, now: Date): Promise<Status> {
  const canary = await findCanary(db)
  const [sites, steps, told] = await Promise.all([
    listHearingSites(db),
    listLatencies(db),
    canary ? listAcknowledgements(db, { account: canary.member, changes: FLIGHT }) : [],
  ])
  const flownAt = told.at(-1)?.at ?? null
  return {
    at: now,
    flownAt,
    isMissed: isMissed(flownAt, now),
    sites: sites.map((site) => statusOf(site, { steps, told, now })),
  }
}

function statusOf(
  site: HearingSite,
  known: {
    readonly steps: readonly LatencyStep[]
    readonly told: readonly Acknowledgement[]
    readonly now: Date
  },
): SiteStatus {
  const { client, name, waitingSince, waiting } = site
  const steps = known.steps.filter((step) => step.client === client)
  const measure = (period: Period) =>
    measureOf(steps.map(({ within, [period]: count }) => ({ within, count })))
  const took = known.told
    .filter((one) => one.client === client)
    .map(({ at, acknowledgedAt }) =>
      acknowledgedAt ? acknowledgedAt.getTime() - at.getTime() : Number.POSITIVE_INFINITY,
    )
  const slowest = Math.max(...took)
  return {
    ...{ client, name, waiting },
    lateSince: isLate(waitingSince, known.now) ? waitingSince : null,
    measured: { day: measure('day'), week: measure('week'), month: measure('month') },
    canary: took.length === 0 ? null : { took: Number.isFinite(slowest) ? slowest : null },
  }
}
