import { z } from 'zod'
import { LONGEST_EMAIL, readEmail, readName } from '#rules/accounts'
import { readBce } from '#rules/organisations'
import { CIVILITIES, VAT_STATUSES } from './rules.ts'

const LONGEST_LINE = 120

/** A field that must be filled in, read by a rule that says null to what it is not. */
function read<Value>(field: string, longest: number, rule: (typed: string) => Value | null) {
  return z
    .string({ error: `my-account.${field}.missing` })
    .max(longest, `my-account.${field}.invalid`)
    .transform((typed, context): Value => {
      const value = typed.trim() === '' ? null : rule(typed)
      if (value !== null) return value
      const because = typed.trim() === '' ? 'missing' : 'invalid'
      context.addIssue({ code: 'custom', message: `my-account.${field}.${because}` })
      return z.NEVER
    })
}

/** One line of text without anything that does not show; null when left empty. */
const line = z
  .string()
  .max(LONGEST_LINE, 'my-account.line.too-long')
  .default('')
  .transform((typed) => typed.normalize('NFC').trim().replaceAll(/\s+/gu, ' '))
  .refine((text) => !/[\p{C}\p{Zl}\p{Zp}]/u.test(text), 'my-account.line.invalid')
  .transform((text) => (text === '' ? null : text))

const version = z
  .string({ error: 'my-account.line.invalid' })
  .regex(/^\d{1,9}$/, 'my-account.line.invalid')
  .transform(Number)

/** What everybody may tell (4.2.5). */
export const identityForm = z.object({
  version,
  civilite: z
    .enum(['', ...CIVILITIES], { error: 'my-account.civility.invalid' })
    .default('')
    .transform((chosen) => (chosen === '' ? null : chosen)),
  prenom: read('given-name', LONGEST_LINE, readName),
  nom: read('family-name', LONGEST_LINE, readName),
  telephone: line,
  rue: line,
  code_postal: line.refine(
    (postcode) => postcode === null || /^[A-Z\d][A-Z\d -]{1,8}[A-Z\d]$/i.test(postcode),
    'my-account.postcode.invalid',
  ),
  localite: line,
})

const workFields = {
  profession: read('profession', LONGEST_LINE, (typed) => line.safeParse(typed).data ?? null),
  numero_bce: read('bce', LONGEST_LINE, readBce),
  statut_tva: z
    .enum(['', ...VAT_STATUSES], { error: 'my-account.vat.invalid' })
    .default('')
    .transform((chosen) => (chosen === '' ? null : chosen)),
} as const

/** The same, of somebody who works for themselves (4.2.2). */
export const workingIdentityForm = identityForm.extend(workFields)

/** What either form tells: of their work only who has any. */
export type Identity = z.output<typeof identityForm> &
  Partial<z.output<z.ZodObject<typeof workFields>>>

/** Becoming one (M17). */
export const workForm = z.object({ version, ...workFields })

export const loginForm = z.object({
  login: z
    .string({ error: 'my-account.login.missing' })
    .trim()
    .max(LONGEST_EMAIL, 'my-account.login.too-long'),
})

/** A login of the time before MyANM: any rule may have made it. */
export const oldLoginForm = z.object({
  ancien: z
    .string({ error: 'my-account.ancien.missing' })
    .trim()
    .min(1, 'my-account.ancien.missing')
    .max(512, 'my-account.ancien.too-long'),
})

export const addressForm = z.object({ email: read('email', 512, readEmail) })

export const codeForm = z.object({
  code: z
    .string({ error: 'my-account.code.missing' })
    .trim()
    .min(1, 'my-account.code.missing')
    .max(64, 'my-account.code.wrong'),
})

export const sessionForm = z.object({
  appareil: z.string({ error: 'my-account.line.invalid' }).max(64),
})

/** The identifier of a site, as the table of clients has it. */
export const siteForm = z.object({
  site: z
    .string({ error: 'my-account.line.invalid' })
    .regex(/^[a-z\d-]{2,63}$/, 'my-account.line.invalid'),
})

export const otherAddressForm = z.object({ adresse: z.string().min(1).max(512) })
