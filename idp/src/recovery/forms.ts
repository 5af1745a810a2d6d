import { z } from 'zod'
import { newPasswordFields } from '#credentials'

/** What nobody's login or address exceeds: longer is a mistake or an attack, never cut silently. */
const LONGEST = 512

export const forgottenForm = z.object({
  identifiant: z
    .string({ error: 'recovery.forgotten.missing' })
    .trim()
    .min(1, 'recovery.forgotten.missing')
    .max(LONGEST, 'recovery.forgotten.too-long'),
  etape: z.string().max(64).optional().catch(undefined),
})

export const codeForm = z.object({
  code: z
    .string({ error: 'recovery.code.missing' })
    .trim()
    .min(1, 'recovery.code.missing')
    .max(64, 'recovery.code.wrong'),
})

export const newPasswordForm = z.object(newPasswordFields)
