import type { FormResult, Typed } from '@myanm/chassis'
import { readPhone } from '#accounts'

/**
 * Read with the postcode beside it, so not by the schema, which takes one field at a time.
 * @returns null when none was given, or when it is no telephone number
 */
export function phoneIn({ telephone, code_postal: postcode }: Typed): string | null {
  return readPhone(textOf(telephone), textOf(postcode).trim())
}

/** The mistakes of a form with a telephone number in it, in the order of its fields. */
export function mistakesWithPhone(
  form: FormResult<unknown>,
  order: readonly string[],
): Readonly<Record<string, string>> {
  const { telephone } = form.typed
  const isWrong = textOf(telephone).trim() !== '' && phoneIn(form.typed) === null
  const found: Readonly<Record<string, string>> = {
    ...(form.ok ? {} : form.errors),
    ...(isWrong && { telephone: 'organisation-data.telephone.wrong' }),
  }
  return Object.fromEntries(
    [...order, ''].flatMap((field) => (found[field] ? [[field, found[field]]] : [])),
  )
}

const textOf = (typed: string | readonly string[] | undefined): string =>
  typeof typed === 'string' ? typed : ''
