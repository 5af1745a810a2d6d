import { readFileSync } from 'node:fs'
import type { Typed } from '@myanm/chassis'
import { connect } from '@myanm/database'
import {
  addDays,
  dayOf,
  formatDay,
  insertOffer,
  type Life,
  readOffer,
  recordVersion,
} from '#job-offers'
import type { Tables } from '../tables.ts'

/** Keys of the demo scene's people who wrote something. */
export type AuthorKey =
  | 'collaborateur'
  | 'collegue'
  | 'responsable'
  | 'gestionnaire'
  | 'voisin'
  | 'multi'

export type OrganisationKey = 'tilleuls' | 'passage'

/** An offer of the scene: its dates are counted from the day it is put in place. */
interface SceneOffer {
  readonly key: string
  readonly organisation: OrganisationKey
  readonly author: AuthorKey
  readonly state: 'draft' | 'published' | 'withdrawn'
  /** Days since it came out. */
  readonly ago: number
  /** Days until its deadline; negative: it is over. */
  readonly lasts: number
  /** As its author filled in the form. */
  readonly typed: Typed
}

/**
 * Puts the demo offers in place. May run again at any time: an offer that is there stays as it is, with
 * whatever happened to it since.
 *
 * @param scene.authors pairwise subjects, as guide-social knows these people
 */
export async function seedJobOffers(scene: {
  readonly databaseUrl: URL
  readonly organisations: Readonly<Record<OrganisationKey, { id: string; name: string }>>
  readonly authors: Readonly<Record<AuthorKey, string>>
  readonly now: Date
}): Promise<void> {
  const database = connect<Tables>({ url: scene.databaseUrl, name: 'scene', max: 1 })
  try {
    await database.db.transaction().execute(async (tx) => {
      // The oldest first: numbers then follow the order in which they came out.
      for (const offer of readScene().toSorted((a, b) => b.ago - a.ago)) {
        const authorSub = scene.authors[offer.author]
        const made = await insertOffer(tx, {
          organisation: scene.organisations[offer.organisation],
          authorSub,
          submission: submissionOf(offer),
          content: contentOf(offer, scene.now),
          life: lifeOf(offer, scene.now),
          now: before(scene.now, offer.ago),
        })
        const what = offer.state === 'draft' ? 'created' : offer.state
        if (made) await recordVersion(tx, made, { what, bySub: authorSub })
      }
    })
  } finally {
    await database.close()
  }
}

/** The offers of the scene, as their authors typed them. */
export function readScene(): readonly SceneOffer[] {
  return JSON.parse(readFileSync(new URL('offers.fr.json', import.meta.url), 'utf8'))
}

export function contentOf(offer: SceneOffer, now: Date) {
  const limite = formatDay(addDays(dayOf(now), offer.lasts))
  return readOffer({ ...offer.typed, limite }).content
}

/** Always the same for one offer of the scene: put in place again, it is known. */
function submissionOf({ key }: SceneOffer): string {
  return `00000000-0000-4000-8000-${key.padStart(12, '0')}`
}

function lifeOf(offer: SceneOffer, now: Date): Life {
  if (offer.state === 'draft') return { state: 'draft' }
  const publishedUntil = addDays(dayOf(now), offer.lasts)
  return { state: offer.state, publishedAt: before(now, offer.ago), publishedUntil }
}

function before(now: Date, days: number): Date {
  return new Date(now.getTime() - days * 86_400_000)
}
