import type { Context } from 'koa'
import { offerProblem } from './problems.ts'
import { parseAddress } from './slug.ts'

/**
 * The offer an address names: the number decides, the words before it are for people.
 *
 * @throws Problem `offer-not-found` for an address that names none
 */
export function offerNumber(ctx: Context): number {
  return offerAddress(ctx).number
}

/** @throws Problem `offer-not-found` */
export function offerAddress(ctx: Context): { slug: string; number: number } {
  const { params } = ctx as Context & { params: Readonly<Record<string, string>> }
  const address = parseAddress(params['address'] ?? '')
  if (!address) throw offerProblem('offer-not-found')
  return address
}
