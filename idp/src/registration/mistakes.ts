import type { FormResult } from '@myanm/chassis'
import { readPhone } from '#accounts'
import { mistakesOfNewPassword } from '#credentials'
import { readEmail, refusalOfLogin } from '#rules/accounts'

type Typed = FormResult<unknown>['typed']

/**
 * Every mistake of a registration form at once, in the order of its fields: what the schema found, and
 * what only several fields together tell.
 */
export function mistakesIn(
  form: FormResult<unknown>,
  order: readonly string[],
): Readonly<Record<string, string>> {
  const found = {
    ...(form.ok ? {} : form.errors),
    ...mistakeOfLogin(form.typed),
    ...mistakeOfPhone(form.typed),
    ...mistakesOfPassword(form),
  }
  return Object.fromEntries(
    [...order, ''].flatMap((field) => (found[field] ? [[field, found[field]]] : [])),
  )
}

const text = (typed: Typed, field: string): string => String(typed[field] ?? '')

function mistakeOfLogin(typed: Typed): Record<string, string> {
  const login = text(typed, 'login').trim()
  if (login === '') return {}
  const email = readEmail(text(typed, 'email'))
  const refusal = refusalOfLogin(login, email)
  return refusal ? { login: `registration.login.${refusal}` } : {}
}

function mistakeOfPhone(typed: Typed): Record<string, string> {
  const phone = text(typed, 'telephone')
  if (phone.trim() === '' || readPhone(phone, text(typed, 'code_postal'))) return {}
  return { telephone: 'registration.telephone.wrong' }
}

function mistakesOfPassword({ typed }: FormResult<unknown>): Readonly<Record<string, string>> {
  const own = ['login', 'email', 'prenom', 'nom'].map((field) => text(typed, field))
  return mistakesOfNewPassword({
    password: text(typed, 'mot_de_passe'),
    confirmation: text(typed, 'confirmation'),
    own,
  })
}
