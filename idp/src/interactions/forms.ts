import { z } from 'zod'
import { joinForm } from '#join-requests'
import { GRANTABLE } from '#rules/join-requests'

/** What nobody’s login or password exceeds: longer is a mistake or an attack, never cut silently. */
const LONGEST = 512

export const identifierForm = z.object({
  identifiant: z
    .string({ error: 'interactions.identifier.missing' })
    .trim()
    .min(1, 'interactions.identifier.missing')
    .max(LONGEST, 'interactions.identifier.too-long'),
})

export const passwordForm = z.object({
  mot_de_passe: z
    .string({ error: 'interactions.password.missing' })
    .min(1, 'interactions.password.missing')
    .max(LONGEST, 'interactions.mismatch'),
  rester_connecte: z.literal('oui').optional(),
})

/** The answer of a passkey, as a script put it there: read and held to its shape where it is checked. */
const answer = z.string().max(40_000)

export const passkeyForm = z.object({ reponse: answer })

export const secondFactorForm = z.object({
  moyen: z.enum(['cle', 'application', 'secours']),
  code: z.string().max(LONGEST).optional(),
  reponse: answer.optional(),
})

export const contextForm = z.object({
  organisation: z.string({ error: 'interactions.context.missing' }).max(64),
})

export const consentForm = z.object({
  decision: z.enum(['oui', 'non'], { error: 'interactions.consent.missing' }),
})

const LONGEST_MESSAGE = 1000

/** A member asks for a higher role, where a page has refused them. */
export const raiseForm = z.object({
  organisation: z.string().max(64),
  role: z.enum(GRANTABLE),
  message: z
    .string()
    .trim()
    .max(LONGEST_MESSAGE)
    .optional()
    .transform((typed) => (typed ? typed : null)),
})

/** A button about one thing: an invitation, a request. */
export const namedForm = z.object({ designe: z.uuid() })

/** An organisation to join, by its number or its name; a page of those of such a name is gone through. */
export const placeForm = joinForm.extend({
  exact: z.literal('oui').optional().catch(undefined),
  apres: z.string().max(64).nullable().catch(null).default(null),
})

export type PlaceValues = z.infer<typeof placeForm>
