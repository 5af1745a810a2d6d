import type { Db } from '@myanm/database'
import type { Tables } from '../tables.ts'
import { findSuccessor } from './merge-store.ts'
import { findOrganisation, type Organisation } from './store.ts'

/** Whom a company number stands for. */
export interface AtNumber {
  readonly organisation: Organisation
  /** It had another number: the one that had this one was merged into it. */
  readonly isMerged: boolean
}

/**
 * The organisation a company number leads to, whoever asks. Of one that went into another, the one its
 * team acts for since (ahead 5): people know the number they always had, and the register may keep it
 * for years. Of the one that went nothing is told, not even its name.
 * @param bce ten digits, as `readBce` gives them
 */
export async function findAtNumber(db: Db<Tables>, bce: string): Promise<AtNumber | undefined> {
  const organisation = await findOrganisation(db, { bce })
  if (!organisation) return undefined
  const successor =
    organisation.merged_into === null ? undefined : await findSuccessor(db, organisation.id)
  const kept = successor === undefined ? undefined : await findOrganisation(db, { id: successor })
  return kept ? { organisation: kept, isMerged: true } : { organisation, isMerged: false }
}
