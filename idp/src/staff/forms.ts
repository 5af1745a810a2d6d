import { z } from 'zod'
import { isEmail } from '#rules/legacy'

const reason = z
  .string({ error: 'staff.reason.missing' })
  .trim()
  .min(10, 'staff.reason.too-short')
  .max(2000, 'staff.reason.too-long')

/** What is done to somebody's account always says why. */
export const reasonForm = z.object({ raison: reason })

const email = z
  .string({ error: 'staff.address.invalid' })
  .trim()
  .refine(isEmail, 'staff.address.invalid')

export const addressForm = z.object({ adresse: email, raison: reason })

export const decisionForm = z.object({
  decision: z.enum(['accepter', 'refuser', 'retirer'], { error: 'staff.decision.missing' }),
})

export const invitationForm = z.object({ adresse: email })

/** A measure that names nobody, or whom it names is known. */
export const measureForm = z.object({ raison: reason })

/** Who will lead, and the document that says so (M64). */
export const appointForm = z.object({
  personne: z
    .string({ error: 'staff.appoint.missing' })
    .trim()
    .min(1, 'staff.appoint.missing')
    .max(254, 'staff.appoint.missing'),
  justificatif: z
    .string({ error: 'staff.proof.missing' })
    .trim()
    .min(3, 'staff.proof.missing')
    .max(500, 'staff.proof.too-long'),
  raison: reason,
})

export const removalForm = z.object({
  role: z.enum(['LECTEUR', 'COLLABORATEUR', 'RESPONSABLE', 'GESTIONNAIRE'], {
    error: 'staff.removal.stale',
  }),
  raison: reason,
})

export const nothingForm = z.object({})
