import { z } from 'zod'
import { readEmail } from '#rules/accounts'
import { readBce } from '#rules/organisations'

/** As long as a letter may be; the browser does not cut it either. */
export const LONGEST_MESSAGE = 5000

const text = (missing: string, longest: number) =>
  z.string({ error: missing }).trim().min(1, missing).max(longest, 'contact.too-long')

const optional = (longest: number) =>
  z
    .string()
    .trim()
    .max(longest, 'contact.too-long')
    .transform((typed) => typed || null)
    .optional()

/** A value read by a rule that answers null when it is none. */
const readBy = (read: (typed: string) => string | null, mistake: string) =>
  z.string({ error: mistake }).transform((typed, context) => {
    const value = read(typed)
    if (value !== null) return value
    context.addIssue({ code: 'custom', message: mistake })
    return z.NEVER
  })

const bce = z
  .string()
  .transform((typed, context) => {
    if (typed.trim() === '') return null
    const number = readBce(typed)
    if (number === null) context.addIssue({ code: 'custom', message: 'contact.bce.invalid' })
    return number
  })
  .optional()

const sender = {
  nom: text('contact.name.missing', 120),
  email: readBy(readEmail, 'contact.email.invalid'),
  organisme: optional(200),
  bce,
}

export const messageForm = z.object({
  ...sender,
  message: text('contact.message.missing', LONGEST_MESSAGE),
})

/** A forgotten login, an address that is dead: what is known may be all there is to say. */
export const searchForm = z.object({ ...sender, message: optional(LONGEST_MESSAGE) })
