import type { Db } from '@myanm/database'
import { z } from 'zod'
import { findAtNumber } from '#organisations'
import { type LookedUp, lookUp } from '#register'
import { readBce } from '#rules/organisations'
import type { Tables } from '../tables.ts'

/** Step 1 of a registration: what a number stands for (4.2.3). */
export type Numbered =
  /** E08 */
  | { readonly is: 'no-number' }
  /** E09: unknown, or ceased. */
  | { readonly is: 'nobody' }
  /** E09 too: of somebody who works for themselves, and registers as such. */
  | { readonly is: 'person' }
  /** Its account was closed: the team opens it again. */
  | { readonly is: 'closed' }
  /** E10; the number is its own, also when the one that was typed is of another it was merged with. */
  | {
      readonly is: 'known'
      readonly bce: string
      readonly id: string
      readonly name: string
      readonly isMerged: boolean
    }
  | { readonly is: 'new'; readonly bce: string; readonly entry: Entry }

export type Entry = Extract<LookedUp, { is: 'found' }>

export const numberForm = z.object({
  numero_bce: z
    .string({ error: 'registration.numero_bce.missing' })
    .trim()
    .min(1, 'registration.numero_bce.missing')
    .max(64, 'registration.numero_bce.wrong'),
  // The site somebody signed in came from.
  site: z
    .string()
    .regex(/^[a-z\d-]{2,63}$/)
    .or(z.literal(''))
    .catch('')
    .default(''),
  // Its page they wanted; what is none of it is left out where it is used.
  page: z.string().max(2000).catch('').default(''),
})

const line = (longest: number, message: string) =>
  z
    .string()
    .trim()
    .max(longest, message)
    .default('')
    .transform((typed) => (typed === '' ? null : typed))

/** What somebody tells whoever decides (4.2.4). */
export const joinForm = z.object({
  fonction: line(120, 'registration.join.fonction.wrong'),
  message: line(1000, 'registration.join.message.wrong'),
  // Whom the page named.
  organisme: z.string().max(64).catch('').default(''),
})

/** @param language of the names, where the register has several */
export async function readNumber(
  db: Db<Tables>,
  typed: string,
  language: string,
): Promise<Numbered> {
  const bce = readBce(typed)
  if (bce === null) return { is: 'no-number' }
  const here = await findAtNumber(db, bce)
  if (here && here.organisation.state !== 'closed') {
    const { id, name, bce: own } = here.organisation
    return { is: 'known', bce: own ?? bce, id, name, isMerged: here.isMerged }
  }
  // One that was closed keeps its number, and may well be active in the register (E09 would be untrue).
  if (here) return { is: 'closed' }
  const entry = await lookUp(db, bce, language)
  if (entry.is !== 'found') return { is: 'nobody' }
  return entry.kind === 'person' ? { is: 'person' } : { is: 'new', bce, entry }
}
