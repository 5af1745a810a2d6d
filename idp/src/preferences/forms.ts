import { z } from 'zod'

const key = z
  .string({ error: 'preferences.unknown' })
  .regex(/^[a-z0-9-]{1,40}$/, 'preferences.unknown')

/** The switches; what is not ticked is not sent. */
export const switchesForm = z.object({ newsletters: z.array(key).max(50).default([]) })

export const resendForm = z.object({ newsletter: key })

export const codeForm = z.object({
  newsletter: key,
  code: z
    .string({ error: 'preferences.code.missing' })
    .trim()
    .min(1, 'preferences.code.missing')
    .max(40, 'preferences.code.wrong'),
})
