import { type FormResult, formatCompanyNumber, translate } from '@myanm/chassis'
import type { Context } from 'koa'
import type { Journey } from '#journeys'
import { listNewsletters } from '#preferences'
import type { RegistrationNeeds } from './needs.ts'
import { readNumber } from './organisation-number.ts'
import { numberOf } from './progress.ts'
import { LANGUAGES, type Profile, pathsOf, VAT_STATUSES } from './rules.ts'
import { show } from './show.ts'

export interface ShownForm {
  readonly journey: Journey
  readonly profile: Profile
  readonly typed: FormResult<unknown>['typed']
  readonly errors: Readonly<Record<string, string>>
  /** Said above the form, in the person's language. */
  readonly tooMany?: string
}

/** What was typed is all there again, but for the passwords: those do not travel back. */
export async function showForm(
  ctx: Context,
  { db }: Pick<RegistrationNeeds, 'db'>,
  { journey, profile, errors, tooMany, ...shown }: ShownForm,
): Promise<void> {
  const { mot_de_passe: _, confirmation: __, ...typed } = shown.typed
  const x = String(typed['login'] ?? '').trim()
  const mistakes = Object.entries(errors).map(([field, key]) => ({
    field,
    text: translate(ctx, key, { x }),
  }))
  const newsletters = await listNewsletters(db)
  if (mistakes.length > 0) ctx.status = 422
  show(ctx, journey, {
    page: 'form',
    profile,
    action: pathsOf(journey.uid).form(profile),
    organisation: profile === 'organisme' ? await organisationOf(db, journey) : null,
    form: { typed, errors },
    mistakes,
    said: Object.fromEntries(mistakes.map(({ field, text }) => [field, text])),
    languages: LANGUAGES,
    vatStatuses: VAT_STATUSES,
    newsletters: newsletters.map(({ key, title, description }) => ({
      value: key,
      text: title,
      hint: { text: description },
      checked: typed['newsletters']?.includes(key) ?? false,
    })),
    tooMany,
  })
}

/** Too many from one address: nothing is lost, and it says when to go on. */
export async function showTooMany(
  ctx: Context,
  needs: Pick<RegistrationNeeds, 'db'>,
  { minutes, ...shown }: Omit<ShownForm, 'errors'> & { readonly minutes: number },
): Promise<void> {
  const tooMany = translate(ctx, 'registration.too-many', { n: minutes })
  await showForm(ctx, needs, { ...shown, errors: {}, tooMany })
  ctx.status = 429
  ctx.set('Retry-After', String(minutes * 60))
}

/** The organisation whose number was given before, as the form names it. */
async function organisationOf(
  db: RegistrationNeeds['db'],
  journey: Journey,
): Promise<{ is: 'known' | 'new'; name: string; number: string } | null> {
  const number = numberOf(journey)
  if (number === null) return null
  const numbered = await readNumber(db, number, 'fr')
  if (numbered.is !== 'known' && numbered.is !== 'new') return null
  const name = numbered.is === 'known' ? numbered.name : (numbered.entry.name ?? '')
  return { is: numbered.is, name, number: formatCompanyNumber(number) }
}
