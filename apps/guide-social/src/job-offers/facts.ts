import type { Translate } from '@myanm/chassis'
import type { Day, OfferContent } from './content.ts'
import { formatNearDay } from './day.ts'
import { formatRange } from './money.ts'
import { formatWeek } from './working-time.ts'

/** The facts that a line about an offer is made of. */
export type OfferFacts = Pick<
  OfferContent,
  | 'locality'
  | 'contract'
  | 'contractLength'
  | 'regime'
  | 'weeklyMinutes'
  | 'posts'
  | 'jointCommittee'
  | 'payScale'
  | 'payMin'
  | 'payMax'
  | 'payPer'
  | 'payToldBeforeInterview'
  | 'endsOn'
>

const present = (parts: readonly (string | null | undefined)[]): string[] =>
  parts.filter((part): part is string => Boolean(part))

/** « Les Tilleuls ASBL · Namur · CDI, temps plein · CP 319.02 » */
export function factsLine(t: Translate, organisationName: string, facts: OfferFacts): string {
  return present([
    organisationName,
    facts.locality,
    contractLine(t, facts),
    committeeText(t, facts),
    facts.posts > 1 ? t('job-offers.facts.posts', { count: facts.posts }) : null,
  ]).join(' · ')
}

/** « CDI, temps plein », « CDD 6 mois, 19 h » */
function contractLine(t: Translate, facts: OfferFacts): string {
  const { regime, weeklyMinutes } = facts
  return regime === 'part-time' && weeklyMinutes !== null
    ? contractText(t, { ...facts, regime: null })
    : contractText(t, { ...facts, weeklyMinutes: null })
}

/** « CDI, temps plein, 38 h », « CDD 6 mois, temps partiel, 19 h » */
export function contractText(t: Translate, facts: OfferFacts): string {
  const { contract, contractLength, regime, weeklyMinutes } = facts
  return present([
    present([contract && t(`job-offers.contract.${contract}`), contractLength]).join(' '),
    regime && t(`job-offers.regime.${regime}`),
    weeklyMinutes === null ? null : formatWeek(weeklyMinutes),
  ]).join(', ')
}

/** « CP 319.02 »; nothing for another committee than those of the sector. */
export function committeeText(t: Translate, { jointCommittee }: OfferFacts): string | null {
  if (jointCommittee === null || jointCommittee === 'autre') return null
  return t('job-offers.facts.committee', { number: jointCommittee })
}

/** « Barème CP 319.02, 2 730 – 4 120 € brut »; per month goes without saying. */
export function payText(t: Translate, facts: OfferFacts): string | null {
  const { payScale, payMin, payMax, payPer } = facts
  const range = formatRange(payMin, payMax)
  const said = present([
    payScale,
    range && t(`job-offers.facts.pay.${payPer}`, { range: openRange(t, facts, range) }),
  ]).join(', ')
  if (said !== '') return said
  return facts.payToldBeforeInterview ? t('job-offers.facts.pay.told') : null
}

function openRange(t: Translate, { payMin, payMax }: OfferFacts, range: string): string {
  if (payMax === null) return t('job-offers.facts.pay.from', { range })
  return payMin === null ? t('job-offers.facts.pay.up-to', { range }) : range
}

/** « jusqu'au 12/12 » */
export function deadlineText(t: Translate, endsOn: Day | null, today: Day): string | null {
  return endsOn && t('job-offers.facts.until', { day: formatNearDay(endsOn, today) })
}
