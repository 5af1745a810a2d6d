import type { Db } from '@myanm/database'
import type { Context } from 'koa'
import type { MemberVisit } from '#memberships'
import { byPlace, doingOf } from '#rules/memberships'
import type { Tables } from '../tables.ts'
import { calledBy } from './present.ts'
import { type Change, deciderOf, endOf, reasonIn, rolesIn, roleThen } from './rules.ts'
import { findAround, type PersonRow } from './store.ts'

/** What somebody could do then, since when, who decided it, and how it ended. */
export async function answerOf(
  ctx: Context,
  db: Db<Tables>,
  asked: {
    readonly here: MemberVisit
    readonly person: PersonRow
    readonly moment: Date
  },
) {
  const { here, person, moment } = asked
  const organisation = here.organisation.id
  const row = await findAround(db, { organisation, account: person.account, moment })
  if (!row) return { is: 'no-member' }
  const change = (one: Change | null) => one && { ...one, at: new Date(one.at) }
  const around = {
    ...row,
    roleSince: row.role_since,
    before: change(row.before),
    after: change(row.after),
  }
  const then = roleThen(around, { moment, now: new Date() })
  if (!then.known) return { is: 'unknown', since: row.since }
  const by = (side: 'before' | 'after') => {
    const decider = deciderOf(
      {
        account: row[`${side}_by`],
        name: row[`${side}_by_name`],
        isErased: row[`${side}_by_is_erased`],
        isMember: row[`${side}_by_is_member`],
      },
      person.account,
    )
    return decider && calledBy(ctx, decider)
  }
  const actor = {
    ...here.actor,
    accountType: 'particulier' as const,
    accountActive: true,
    ...(here.actor.organisation && {
      organisation: { ...here.actor.organisation, role: then.role },
    }),
  }
  return {
    is: row.closed ? 'closed' : 'member',
    role: then.role,
    since: then.since,
    by: around.before && by('before'),
    because: around.before && reasonIn(around.before.details),
    isWritten: around.before !== null,
    end: endOf(around),
    endedAt: around.after?.at ?? row.until,
    endedBy: around.after && by('after'),
    next: around.after ? rolesIn(around.after.details).to : null,
    changes: row.closed ? [] : byPlace((action) => doingOf(actor, action)),
  }
}
