import { z } from 'zod'
import { newPasswordFields } from '#credentials'
import { readEmail, readName } from '#rules/accounts'
import { INVITED_ROLES } from './rules.ts'

const LONGEST = 512
const LONGEST_MESSAGE = 1000
/** Two hundred lines of a spreadsheet, with room. */
const LONGEST_LIST = 20_000

const email = z
  .string({ error: 'invitations.email.invalid' })
  .max(LONGEST, 'invitations.email.invalid')
  .transform((typed, context): string => {
    const read = readEmail(typed)
    if (read !== null) return read
    context.addIssue({ code: 'custom', message: 'invitations.email.invalid' })
    return z.NEVER
  })

const role = z.enum(INVITED_ROLES, { error: 'invitations.role.missing' })

/** What goes with every invitation: where it ends, and a few words. Line ends are as browsers send them. */
const rest = {
  role,
  site: z.string().max(64).default(''),
  message: z
    .string()
    .default('')
    .transform((typed) => typed.replaceAll('\r\n', '\n').trim())
    .refine((text) => [...text].length <= LONGEST_MESSAGE, 'invitations.message.too-long'),
} as const

export const onePersonForm = z.object({ email, ...rest })

export const manyPeopleForm = z.object({
  liste: z
    .string({ error: 'invitations.list.missing' })
    .max(LONGEST_LIST, 'invitations.list.too-long')
    .refine((text) => text.trim() !== '', 'invitations.list.missing'),
  ...rest,
  etape: z.enum(['verifier', 'envoyer', 'modifier']).catch('verifier'),
})

export const addressForm = z.object({ email })

export const nothingForm = z.object({})

/** The account the page spoke of: another tab may have changed who is here. */
export const acceptForm = z.object({ avec: z.string().max(64).default('') })

const name = (field: string) =>
  z
    .string({ error: `invitations.${field}.missing` })
    .max(LONGEST, `invitations.${field}.invalid`)
    .transform((typed, context): string => {
      const read = readName(typed)
      if (read !== null) return read
      const key = typed.trim() === '' ? 'missing' : 'invalid'
      context.addIssue({ code: 'custom', message: `invitations.${field}.${key}` })
      return z.NEVER
    })

const passwordAndTerms = {
  ...newPasswordFields,
  conditions: z.literal('oui', { error: 'invitations.terms.missing' }),
} as const

export const newcomerForm = z.object({
  prenom: name('prenom'),
  nom: name('nom'),
  ...passwordAndTerms,
})

/** For an old account that knows its person's name. */
export const passwordForm = z.object(passwordAndTerms)

export const codeForm = z.object({
  email,
  code: z
    .string({ error: 'invitations.code.missing' })
    .trim()
    .min(1, 'invitations.code.missing')
    .max(64, 'invitations.code.wrong'),
})
