import { translate } from '@myanm/chassis'
import type { Context } from 'koa'
import { deciderOf, reasonIn, rolesIn, type Somebody, subjectOf } from './rules.ts'
import type { EventRow } from './store.ts'

/** What somebody is called in the journal of an organisation. */
export function calledBy(ctx: Context, somebody: Somebody): string {
  switch (somebody.is) {
    case 'person':
      return somebody.name
    case 'address':
      return somebody.address
    default:
      return translate(ctx, `organisation-journal.somebody.${somebody.is}`)
  }
}

const ROLE_OF_NOBODY = 'none'

/** One line as it is read: what happened, to whom, who decided it, and why. */
export function shownEvent(ctx: Context, row: EventRow) {
  const { details } = row
  const { from, to } = rolesIn(details)
  const about = subjectOf(
    { account: row.account, name: row.name, isErased: row.is_erased, isMember: true },
    row.address,
  )
  // Colleagues hear that somebody objected, not who: the one it was about may lead by now (ahead 4).
  const isTold = row.event !== 'rescue-objected'
  const decider = deciderOf(
    {
      account: isTold ? row.by : null,
      name: row.by_name,
      isErased: row.by_is_erased,
      isMember: row.by_is_member,
    },
    row.account,
  )
  const reason = reasonIn(details)
  return {
    at: row.at,
    text: capitalised(
      translate(ctx, `organisation-journal.event.${row.event}`, {
        person: calledBy(ctx, about),
        from: from ?? ROLE_OF_NOBODY,
        to: to ?? ROLE_OF_NOBODY,
        day: dayIn(details['until']),
        kind: details['kind'] === 'raise' ? 'raise' : 'join',
        what: details['what'] === 'gone' ? 'gone' : 'kept',
      }),
    ),
    by: decider && translate(ctx, 'organisation-journal.by', { person: calledBy(ctx, decider) }),
    reason: reason && translate(ctx, `organisation-journal.reason.${reason}`),
  }
}

/** `2026-12-31` → 31/12/2026; « none » for what has no end. */
function dayIn(until: unknown): string {
  return typeof until === 'string' && /^\d{4}-\d\d-\d\d$/.test(until)
    ? until.split('-').reverse().join('/')
    : 'none'
}

const capitalised = (text: string): string => text.charAt(0).toLocaleUpperCase('fr') + text.slice(1)
