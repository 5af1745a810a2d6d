import { render, type Translate, type Typed, translate } from '@myanm/chassis'
import type { Context } from 'koa'
import { AIDS, CONTRACTS, JOINT_COMMITTEES, OCCUPATIONS, PAY_PERIODS, REGIMES } from './content.ts'
import { FIELD_NAMES, type Field, fieldOf, type Mistakes } from './forms.ts'
import type { Clash } from './merge.ts'
import { offerProblem } from './problems.ts'
import type { Shortcomings, Standing } from './rules.ts'

/** What the buttons of the form ask for. */
export const WISHES = ['apercu', 'publier', 'enregistrer'] as const
export type FormWish = (typeof WISHES)[number]

export interface FormPage {
  readonly status: number
  /** Where the form goes. */
  readonly action: string
  /** Null for an offer that does not exist yet. */
  readonly standing: Standing | null
  readonly typed: Typed
  /** Sent along unseen. */
  readonly hidden: Readonly<Record<string, string>>
  readonly mistakes?: Mistakes
  readonly shortcomings?: Shortcomings
  /** Why the form is shown again, when it is not for a mistake. */
  readonly again?: Again
  readonly clash?: { readonly by: string; readonly fields: readonly Clash[] }
  /** Once public, an offer keeps its function (R8). */
  readonly functionIsFixed?: true
  /** The organisation is still to be checked: there is nothing to publish with, and it says why (D13). */
  readonly draftsOnly?: true
  /** Where leaving the form leads. */
  readonly back: string
}

export interface Again {
  readonly heading: string
  readonly text: string
  readonly link?: { readonly text: string; readonly href: string; readonly elsewhere?: true }
}

/** Shows the form of an offer, empty or with what was typed. */
export function showForm(ctx: Context, page: FormPage): void {
  const t: Translate = (key, values) => translate(ctx, key, values)
  const errors = errorsOf(t, page)
  ctx.status = page.status
  render(ctx, 'job-offers/pages/form.njk', {
    ...page,
    mode: page.standing === null ? 'new' : 'edit',
    form: { typed: page.typed, errors: Object.fromEntries(errors) },
    errorList: [...errors].map(([field, text]) => ({ text, href: `#${field}` })),
    beside: besideOf(t, page),
    choices: choicesFor(t, page.typed),
    buttons: buttonsFor(page).map((wish, position) => ({
      wish,
      text: t(`job-offers.form.button.${wish}.${page.standing ?? 'new'}`),
      kind: ['primary', 'secondary', 'quiet'][position],
    })),
  })
}

/** The first is what the Enter key does: it must not publish unseen. */
function buttonsFor({ standing, draftsOnly }: FormPage): readonly FormWish[] {
  if (standing === 'published') return ['enregistrer']
  return draftsOnly ? ['enregistrer', 'apercu'] : ['apercu', 'publier', 'enregistrer']
}

/** Publishing was asked for, and the organisation is still to be checked: nothing typed is lost. */
export function showHeldBack(ctx: Context, page: FormPage, organisation: string): void {
  if (ctx.accepts('html', 'json') === 'json') {
    throw offerProblem('organisation-to-check', { values: { organisation } })
  }
  const again = {
    heading: translate(ctx, 'job-offers.form.not-saved'),
    text: translate(ctx, 'job-offers.form.held-back', { organisation }),
  }
  showForm(ctx, { ...page, status: 403, draftsOnly: true, again })
}

/** One sentence for each field that has one, in the order of the form. */
function errorsOf(t: Translate, { mistakes, shortcomings }: FormPage): ReadonlyMap<Field, string> {
  const found = new Map<Field, string>()
  for (const [part, because] of shortcomings ?? []) {
    const field = fieldOf(part)
    const name = t(`job-offers.field.${field}`)
    found.set(field, t(`job-offers.shortcoming.${because}`, { field: name }))
  }
  for (const [field, key] of mistakes ?? []) found.set(field, t(key))
  return new Map(
    FIELD_NAMES.flatMap((field) => {
      const text = found.get(field)
      return text === undefined ? [] : [[field, text] as const]
    }),
  )
}

/** What a colleague wrote in the fields that both changed, as it reads on a page. */
function besideOf(t: Translate, { clash }: FormPage): Readonly<Record<string, string>> {
  const shown = (clash?.fields ?? []).map(({ field, current }) => [
    field,
    (typeof current === 'string' ? [current] : current)
      .map((value) => (value === '' ? t('job-offers.form.empty') : labelOf(t, field, value)))
      .join(', ') || t('job-offers.form.empty'),
  ])
  return Object.fromEntries(shown)
}

function labelOf(t: Translate, field: Field, value: string): string {
  const list = LISTS[field]
  if (list) return t(`${list.key}.${value}`)
  return value === 'oui' ? t('job-offers.form.yes') : value
}

/** Fields one chooses from, and where their words are. */
const LISTS: Partial<Record<Field, { key: string; list: readonly string[] }>> = {
  fonction: { key: 'job-offers.occupation', list: OCCUPATIONS },
  contrat: { key: 'job-offers.contract', list: CONTRACTS },
  regime: { key: 'job-offers.regime', list: REGIMES },
  cp: { key: 'job-offers.committee', list: JOINT_COMMITTEES },
  salaire_par: { key: 'job-offers.pay-per', list: PAY_PERIODS },
  aides: { key: 'job-offers.aid', list: AIDS },
}

function choicesFor(t: Translate, typed: Typed) {
  return Object.fromEntries(
    Object.entries(LISTS).map(([field, { key, list }]) => {
      const chosen = [typed[field] ?? ''].flat()
      const items = list.map((value) => ({
        value,
        text: t(`${key}.${value}`),
        selected: chosen.includes(value),
        checked: chosen.includes(value),
      }))
      return [field, items]
    }),
  )
}
