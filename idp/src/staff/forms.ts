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

export const nothingForm = z.object({})
