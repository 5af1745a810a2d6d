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
    introduction: (ctx, person) => introductionFor(ctx, capacitiesFrom(person)),
    rights: (ctx, person) => {
      const capacities = capacitiesFrom(person)
      // A list of refusals teaches nothing to who has no place here: the introduction says it.
      if (capacities.length === 0) return []
      return BILAN_ACTION_KEYS.map((action) => rightOf(ctx, capacities, action))
    },
  })
}

function capacitiesFrom({ actor, claims }: Person): readonly Capacity[] {
  return capacitiesOf(actor, claims['bilan'])
}

function introductionFor(ctx: Context, capacities: readonly Capacity[]): string {
  if (capacities.length === 0) return translate(ctx, 'my-rights.nobody')
  // Every other capacity is more than being an observer.
  const said =
    capacities.length === 1 ? capacities : capacities.filter((one) => one !== 'observateur')
  const names = said.map((capacity) => translate(ctx, `my-rights.as.${capacity}`))
  return translate(ctx, 'my-rights.here-as', { capacities: listed(names, 'conjunction') })
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
    note: translate(ctx, 'my-rights.reserved', { who: listed(who, 'disjunction') }),
  }
}

/** « a, b ou c », « a, b et c ». */
function listed(words: readonly string[], type: 'conjunction' | 'disjunction'): string {
  return new Intl.ListFormat('fr', { type }).format(words)
}
