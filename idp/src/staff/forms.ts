import { z } from 'zod'
import { isEmail } from '#rules/legacy'
import { readBce } from '#rules/organisations'

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

/** A decision about two teams: `vu` is what was on the page. */
export const mergeDecisionForm = decisionForm.extend({ vu: z.string().max(64).default('') })

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

const yesOrNo = (missing: string) => z.enum(['non', 'oui'], { error: missing })

/** Which organisation it is: what its people write to the team for (M39). */
export const identityForm = z.object({
  numero: z
    .string({ error: 'staff.identity.number.invalid' })
    .max(64, 'staff.identity.number.invalid')
    .transform((typed, context): string => {
      const bce = readBce(typed)
      if (bce !== null) return bce
      context.addIssue({ code: 'custom', message: 'staff.identity.number.invalid' })
      return z.NEVER
    }),
  forme: z
    .string()
    .trim()
    .regex(/^(\d{3})?$/, 'staff.identity.form.wrong')
    .default('')
    .transform((typed) => typed || null),
  marchand: yesOrNo('staff.identity.marchand.missing'),
  public: yesOrNo('staff.identity.public.missing'),
  version: z
    .string({ error: 'staff.removal.stale' })
    .regex(/^\d{1,9}$/, 'staff.removal.stale')
    .transform(Number),
  raison: reason,
})

export const nothingForm = z.object({})
