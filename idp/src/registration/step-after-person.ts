import type { Db } from '@myanm/database'
import type { Journey } from '#journeys'
import { findOrganisation } from '#organisations'
import { pageAtSite } from '#rules/oidc'
import type { Tables } from '../tables.ts'
import { beginDraft } from './organisation-draft-store.ts'
import { pathsOf } from './rules.ts'

/**
 * The person has registered: on to their organisation when it is new, to their mail otherwise. One that
 * is here already is asked to let them in once their mailbox is proven (E10).
 * @returns the address of the next step
 */
export async function stepAfterPerson(
  db: Db<Tables>,
  {
    journey,
    registration,
    number,
  }: {
    readonly journey: Journey
    readonly registration: string
    readonly number: string | null
  },
): Promise<string> {
  const paths = pathsOf(journey.uid)
  if (number === null) return paths.waiting
  const client = journey.site.clientId
  const page = pageAtSite(journey.interaction.params['page'])
  await beginDraft(db, { registration }, { bce: number, client, page })
  const here = await findOrganisation(db, { bce: number })
  return here ? paths.waiting : paths.organisation.data
}
