import type Router from '@koa/router'
import { translate } from '@myanm/chassis'
import { mySpace, type Person, type Right, type SiteServices } from '@myanm/relying-party'
import type { Context } from 'koa'
import {
  accessOf,
  BILAN_ACTION_KEYS,
  type BilanAction,
  type Capacity,
  capacitiesFor,
  capacitiesOf,
} from './rules.ts'

/** What Mon bilan en ligne is made of, for one person (9.2). */
export function myRights({ myanm }: Pick<SiteServices, 'myanm'>): Router {
  return mySpace({
    myanm,
    rights: (ctx, person) => {
      const capacities = capacitiesOf(person.actor, bilanClaimOf(person))
      return BILAN_ACTION_KEYS.map((action) => rightOf(ctx, capacities, action))
    },
  })
}

function bilanClaimOf({ claims }: Person): unknown {
  return claims['bilan']
}

function rightOf(ctx: Context, capacities: readonly Capacity[], action: BilanAction): Right {
  const access = accessOf(capacities, action)
  const text = translate(ctx, `my-rights.action.${action}`)
  if (access === 'yes') return { text, allowed: true }
  if (access !== 'no') {
    return { text, allowed: true, note: translate(ctx, `my-rights.reach.${access}`) }
  }
  const who = capacitiesFor(action).map((capacity) =>
    translate(ctx, `my-rights.capacity.${capacity}`),
  )
  return {
    text,
    allowed: false,
    note: translate(ctx, 'my-rights.reserved', { who: listed(who) }),
  }
}

/** « a, b ou c ». */
function listed(words: readonly string[]): string {
  return new Intl.ListFormat('fr', { type: 'disjunction' }).format(words)
}
