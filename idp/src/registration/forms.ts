import { fieldsOf, oneOf, type ReadField } from '@myanm/chassis'
import { z } from 'zod'
import type { Person } from '#accounts'
import { readPhone } from '#accounts'
import { newPasswordFields } from '#credentials'
import { identifierKey, readEmail, readName } from '#rules/accounts'
import { readBce } from '#rules/organisations'
import { LANGUAGES, type Profile, readLine, readPostcode, VAT_STATUSES } from './rules.ts'

/** Longer than any password. */
const LONGEST = 512

const { required, optional } = fieldsOf('registration')

/** Which characters a login has is looked at once the address is known: it may be that address. */
const asTyped: ReadField<string> = (typed) => typed.trim()

/** 4.2.1. */
const personFields = {
  prenom: required('prenom', readName),
  nom: required('nom', readName),
  email: required('email', readEmail),
  login: optional('login', asTyped),
  ...newPasswordFields,
  langue: required('langue', oneOf(LANGUAGES)),
  code_postal: optional('code_postal', readPostcode),
  newsletters: z.array(z.string().max(64)).max(50, 'registration.newsletters.wrong').default([]),
  conditions: z.literal('oui', { error: 'registration.conditions.missing' }),
} as const

/** 4.2.2: as above, and the work. */
const workFields = {
  profession: required('profession', readLine),
  numero_bce: required('numero_bce', readBce),
  rue: optional('rue', readLine),
  localite: optional('localite', readLine),
  regime_tva: optional('regime_tva', oneOf(VAT_STATUSES)),
  // Whose number it is depends on the country, which the postcode tells: read with both at hand.
  telephone: optional('telephone', asTyped),
} as const

export const personForm = z.object(personFields)
export const selfEmployedForm = z.object({ ...personFields, ...workFields })

export type PersonValues = z.output<typeof personForm>
export type SelfEmployedValues = z.output<typeof selfEmployedForm>

export const formOf = (profile: Profile) =>
  profile === 'independant' ? selfEmployedForm : personForm

/** What a form says, as an account will have it. */
export function personOf(
  profile: Profile,
  values: PersonValues & Partial<SelfEmployedValues>,
): Person {
  const isAddress =
    values.login !== null && identifierKey(values.login) === identifierKey(values.email)
  const postcode = values.code_postal
  return {
    accountType: profile,
    login: isAddress ? null : values.login,
    givenName: values.prenom,
    familyName: values.nom,
    language: values.langue,
    postcode,
    phone: values.telephone ? readPhone(values.telephone, postcode) : null,
    street: values.rue ?? null,
    locality: values.localite ?? null,
    profession: values.profession ?? null,
    bce: values.numero_bce ?? null,
    vatStatus: values.regime_tva ?? null,
  }
}

export const addressForm = z.object({ email: required('email', readEmail) })

/** Eight digits, however they are grouped; anything else is a wrong code, not a mistake of form. */
export const codeForm = z.object({
  code: z
    .string({ error: 'registration.code.missing' })
    .trim()
    .min(1, 'registration.code.missing')
    .max(64, 'registration.code.wrong'),
})

export const confirmationForm = z.object({
  mot_de_passe: z.string().max(LONGEST, 'registration.confirmation.wrong').optional(),
})
