import { z } from 'zod'
import { GRANTABLE } from './rules.ts'

/** Longer is a mistake or an attack; the database refuses the same. */
const FUNCTION = 120
const MESSAGE = 1000

const line = (longest: number, message: string) =>
  z
    .string()
    .trim()
    .max(longest, message)
    .transform((typed) => (typed === '' ? null : typed))
    .optional()
    .transform((typed) => typed ?? null)

export const joinForm = z.object({
  numero: z
    .string({ error: 'join-requests.number.missing' })
    .trim()
    .min(1, 'join-requests.number.missing')
    .max(200, 'join-requests.number.invalid'),
  fonction: line(FUNCTION, 'join-requests.function.too-long'),
  message: line(MESSAGE, 'join-requests.message.too-long'),
})

/** The site somebody came from and its page, when they ask from our own pages; what is none is left out. */
export const askForm = joinForm.extend({
  site: z.string().max(64).catch('').default(''),
  page: z.string().max(2000).catch('').default(''),
})

export const decisionForm = z.object({
  decision: z.enum([...GRANTABLE, 'refuser'], { error: 'join-requests.decision.missing' }),
  raison: line(MESSAGE, 'join-requests.reason.too-long'),
})

export const nothingForm = z.object({})
