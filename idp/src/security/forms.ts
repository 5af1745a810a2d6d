import { z } from 'zod'
import { LONGEST_NAME } from '#rules/authenticators'

/** Longer is no answer of an authenticator, and no secret of ours. */
const LONGEST_ANSWER = 40_000

const name = z
  .string({ error: 'security.passkey.name.missing' })
  .trim()
  .min(1, 'security.passkey.name.missing')
  .max(LONGEST_NAME, 'security.passkey.name.too-long')

export const passkeyNameForm = z.object({ nom: name })

export const newPasskeyForm = z.object({
  nom: name,
  reponse: z.string({ error: 'security.passkey.refused' }).max(LONGEST_ANSWER),
})

export const newApplicationForm = z.object({
  secret: z.string({ error: 'security.application.over' }).max(LONGEST_ANSWER),
  code: z
    .string({ error: 'security.application.code.missing' })
    .trim()
    .min(1, 'security.application.code.missing')
    .max(64, 'security.application.code.wrong'),
})

export const newCodesForm = z.object({
  codes: z.string({ error: 'security.codes.over' }).max(LONGEST_ANSWER),
})
