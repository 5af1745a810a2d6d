import { fieldsOf, oneOf, type ReadField } from '@myanm/chassis'
import { z } from 'zod'
import { LONGEST_EMAIL, readEmail } from '#rules/accounts'
import { readLine, readPeppolId, readWebsite, SECTORS, VAT_STATUSES } from './rules.ts'

const { required, optional } = fieldsOf('organisation-data')

/** Belgian, or as another country writes it. */
const readPostcode: ReadField<string> = (typed) => {
  const postcode = typed.normalize('NFKC').trim().toUpperCase()
  return /^(?=.*\d)[A-Z\d](?:[A-Z\d]|[ -](?=[A-Z\d])){1,11}$/.test(postcode) ? postcode : null
}

const address: ReadField<string> = (typed) =>
  typed.trim().length > LONGEST_EMAIL ? null : readEmail(typed)

const describing = {
  nom: required('nom', readLine),
  sigle: optional('sigle', readLine),
  rue: required('rue', readLine),
  code_postal: required('code_postal', readPostcode),
  localite: required('localite', readLine),
  // Whose number it is depends on the country, which the postcode tells: read with both at hand.
  telephone: optional('telephone', (typed) => typed.trim()),
  courriel: optional('courriel', address),
  site: optional('site', readWebsite),
  secteurs: z
    .array(z.enum(SECTORS, { error: 'organisation-data.secteurs.wrong' }))
    .max(SECTORS.length, 'organisation-data.secteurs.wrong')
    .default([]),
} as const

const version = z
  .string({ error: 'organisation-data.version.wrong' })
  .regex(/^\d{1,9}$/, 'organisation-data.version.wrong')
  .transform(Number)

/** The third step of a registration (4.2.3). */
export const registrationForm = z.object({
  ...describing,
  marchand: required('marchand', oneOf(['non', 'oui'])),
  courriel_facturation: optional('courriel_facturation', address),
  regime_tva: optional('regime_tva', oneOf(VAT_STATUSES)),
})

/** « Modifier les données » (M13). */
export const describingForm = z.object({ version, ...describing })

/** 4.2.10. */
export const billingForm = z.object({
  version,
  nom_facturation: required('nom_facturation', readLine),
  rue_facturation: required('rue_facturation', readLine),
  code_postal_facturation: required('code_postal_facturation', readPostcode),
  localite_facturation: required('localite_facturation', readLine),
  regime_tva: required('regime_tva', oneOf(VAT_STATUSES)),
  courriel_facturation: required('courriel_facturation', address),
  reference: optional('reference', readLine),
  peppol: optional('peppol', readPeppolId),
})

export const decisionForm = z.object({
  decision: z.enum(['reprendre', 'ecarter'], { error: 'organisation-data.decision.missing' }),
})

export const optionForm = z.object({
  collegues: z.enum(['oui', 'non'], { error: 'organisation-data.option.missing' }),
})

/** One of its establishment units: used, under which name, or no longer. */
export const unitForm = z.object({
  unite: z
    .string({ error: 'organisation-data.unit.none' })
    .regex(/^[2-8]\d{9}$/, 'organisation-data.unit.none'),
  nom_court: optional('nom_court', readLine),
  choix: z.enum(['utiliser', 'retirer'], { error: 'organisation-data.unit.choix.missing' }),
})
