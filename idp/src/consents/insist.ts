import type { Tx } from '@myanm/database'
import type { Tables } from '../tables.ts'
import { isCovered } from './rules.ts'
import { holdConsent } from './store.ts'

/** The person took it back meanwhile. */
export class ConsentWithdrawn extends Error {
  override readonly name = 'ConsentWithdrawn'
}

/**
 * Holds a consent until the transaction ends: whoever withdraws it waits, and then ends what was
 * written on its strength. Of the two at once, either the site gets nothing or what it got ends.
 * @throws ConsentWithdrawn when it does not cover this any more
 */
export async function insistOnConsent(
  tx: Tx<Tables>,
  shared: {
    readonly account: string
    readonly client: string
    readonly scopes: readonly string[]
  },
): Promise<void> {
  const agreed = await holdConsent(tx, shared)
  if (!isCovered(shared.scopes, agreed)) throw new ConsentWithdrawn()
}
