import { z } from 'zod'

/** Deleting an account: that the consequences were read is said, not guessed. */
export const leavingForm = z.object({
  compris: z.literal('oui', { error: 'my-data.leave.confirm.missing' }),
})
