import { bringAxe } from '@myanm/testing/accessibility'
import { deadLinksOf, faultsOf } from './inspection.ts'
import type { Visitor } from './visitor.ts'

/** A walk through pages that are looked at closely. */
export interface Tour {
  /** Opens a page and looks at it. */
  opens(address: string): Promise<void>
  /** Looks at the page the visitor has in front of them, however they got there. */
  looks(): Promise<void>
  /** The same, without trying its links. @returns what was found here */
  looksAlone(): Promise<readonly string[]>
  /** What was found, one sentence each: page, fault. */
  readonly faults: string[]
}

export async function tourOf(visitor: Visitor): Promise<Tour> {
  await bringAxe(visitor.context)
  const faults: string[] = []
  const asked = new Set<string>()
  const looks = async () => {
    faults.push(...(await faultsOf(visitor)), ...(await deadLinksOf(visitor, asked)))
  }
  return {
    faults,
    looks,
    looksAlone: () => faultsOf(visitor),
    async opens(address) {
      await visitor.opens(address)
      await looks()
    },
  }
}
