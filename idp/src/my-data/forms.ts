import { z } from 'zod'

/** Deleting an account: that the consequences were read is said, not guessed. */
export const leavingForm = z.object({
  compris: z.literal('oui', { error: 'my-data.leave.confirm.missing' }),
})

/** The code of the mail that tells of the deletion. */
export const codeForm = z.object({
  code: z
    .string({ error: 'my-data.code.missing' })
    .trim()
    .min(1, 'my-data.code.missing')
    .max(64, 'my-data.code.wrong'),
})
