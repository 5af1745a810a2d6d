import { readForm, type Typed } from '@myanm/chassis'
import type { Context } from 'koa'
import { mistakesWithPhone, phoneIn, registrationForm } from '#organisation-data'
import type { Registered } from '#rules/organisation-data'

export type ToldOrMistaken =
  | { readonly ok: true; readonly told: Registered }
  | {
      readonly ok: false
      readonly typed: Typed
      readonly errors: Readonly<Record<string, string>>
    }

/** What somebody filled in about their organisation, or every mistake in it at once. */
export async function toldIn(ctx: Context): Promise<ToldOrMistaken> {
  const form = await readForm(ctx, registrationForm, ['secteurs'])
  const errors = mistakesWithPhone(form, Object.keys(registrationForm.shape))
  if (!form.ok || Object.keys(errors).length > 0) return { ok: false, typed: form.typed, errors }
  const { values } = form
  return {
    ok: true,
    told: {
      name: values.nom,
      acronym: values.sigle,
      nonprofit: values.marchand === 'non',
      street: values.rue,
      postcode: values.code_postal,
      locality: values.localite,
      phone: phoneIn(form.typed),
      email: values.courriel,
      website: values.site,
      sectors: values.secteurs,
      billingEmail: values.courriel_facturation,
      vatStatus: values.regime_tva,
    },
  }
}
