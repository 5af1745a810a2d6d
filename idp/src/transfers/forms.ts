import { z } from 'zod'

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

/** To whom (4.2.4): one of the RESPONSABLES that are listed. */
export const proposalForm = z.object({
  personne: z.string({ error: 'transfers.target.missing' }).regex(UUID, 'transfers.target.missing'),
})

/** The proposal, or the take-over, that was on the page: never one that came after it. */
export const answerForm = z.object({
  proposition: z.string({ error: 'transfers.answer.stale' }).regex(UUID, 'transfers.answer.stale'),
})

const reason = z
  .string({ error: 'transfers.reason.missing' })
  .trim()
  .min(10, 'transfers.reason.too-short')
  .max(2000, 'transfers.reason.too-long')

export const rescueForm = z.object({ raison: reason })

export const objectionForm = z.object({ proposition: answerForm.shape.proposition, raison: reason })
