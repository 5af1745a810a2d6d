import { isRole, type Role } from '@myanm/permissions'
import type { JournalEvent } from '#rules/journal'

/**
 * What an organisation is told of its past (P38, X6): what was decided about its team and its data. A
 * closed list, so that what is not here is not shown: who signed in, who looked at what, which mails
 * were read, for whom somebody chose to act (M55).
 */
export const ORGANISATION_EVENTS = [
  'organisation-registered',
  'organisation-checked',
  'organisation-changed',
  'organisation-closed',
  'organisation-reopened',
  'organisation-vacant',
  'organisation-merged',
  'organisation-merge-undone',
  'register-change-proposed',
  'register-change-applied',
  'register-change-set-aside',
  'membership-added',
  'role-changed',
  'role-given-until',
  'role-ended',
  'membership-removed',
  'membership-left',
  'members-reviewed',
  'invited',
  'invitation-sent-again',
  'invitation-accepted',
  'invitation-declined',
  'invitation-cancelled',
  'invitation-expired',
  'join-asked',
  'join-approved',
  'join-refused',
  'join-withdrawn',
  'join-expired',
  'join-escalated',
  'transfer-proposed',
  'transfer-accepted',
  'transfer-refused',
  'transfer-cancelled',
  'transfer-expired',
  'transfer-undone',
  'rescue-asked',
  'rescue-objected',
  'rescue-decided',
  'manager-appointed',
] as const satisfies readonly JournalEvent[]

export type OrganisationEvent = (typeof ORGANISATION_EVENTS)[number]

/** Lines on one page. */
export const PER_PAGE = 25

/** Somebody a line names, as the organisation may know them. */
export type Somebody =
  | { readonly is: 'person'; readonly name: string }
  /** Erased: nobody knows any more who it was. */
  | { readonly is: 'former' }
  /** Invited, and known by the address only. */
  | { readonly is: 'address'; readonly address: string }
  /** The team of the ANM, whoever of it. */
  | { readonly is: 'staff' }
  | { readonly is: 'unknown' }

/** An account as the journal finds it again. */
export interface Found {
  readonly account: string | null
  readonly name: string | null
  readonly isErased: boolean
  /** Whether it is or was of the team. */
  readonly isMember: boolean
}

/** Whom a line is about. */
export function subjectOf(found: Found, address: string | null): Somebody {
  if (found.account === null)
    return address === null ? { is: 'unknown' } : { is: 'address', address }
  if (found.isErased) return { is: 'former' }
  return found.name ? { is: 'person', name: found.name } : { is: 'unknown' }
}

/**
 * Who decided it; null where nobody did (a time that ended), or the person themselves. Whoever is not of
 * the organisation and decides in it is of the team of the ANM, which answers as one.
 */
export function deciderOf(by: Found, about: string | null): Somebody | null {
  if (by.account === null || by.account === about) return null
  if (by.isErased) return { is: 'former' }
  if (by.isMember && by.name) return { is: 'person', name: by.name }
  return { is: 'staff' }
}

/** What a line says of a role; the journal holds codes, and old lines may hold others. */
export function rolesIn(details: Readonly<Record<string, unknown>>): {
  readonly from: Role | null
  readonly to: Role | null
} {
  const role = (name: string) => {
    const value = details[name]
    return isRole(value) ? value : null
  }
  return { from: role('from'), to: role('to') ?? role('role') }
}

/** Why, when it is one of the reasons that are told. */
const REASONS = [
  'registered',
  'invitation',
  'request',
  'transfer',
  'transfer-undone',
  'legacy-import',
  'last-day',
  'reopened',
  'review',
  'merged',
  'merge-undone',
  'accounts-joined',
] as const

export function reasonIn(details: Readonly<Record<string, unknown>>): string | null {
  const because = details['because']
  return REASONS.find((reason) => reason === because) ?? null
}

/** A change of one membership. */
export interface Change {
  readonly at: Date
  readonly event: OrganisationEvent
  readonly details: Readonly<Record<string, unknown>>
}

/** A membership, and what the journal says of it around one moment. */
export interface Around {
  readonly since: Date
  readonly until: Date | null
  readonly role: Role
  readonly roleSince: Date
  /** The last change that gave a role, at that moment or before it. */
  readonly before: Change | null
  /** The first change after it. */
  readonly after: Change | null
}

export type Then =
  | { readonly known: true; readonly role: Role; readonly since: Date }
  /** The change that would say it is older than what the journal keeps. */
  | { readonly known: false }

/** How long the journal remembers (X6). */
const MONTHS = 12

/**
 * Which role somebody had at a moment of a membership. What was changed later is in the journal, and says
 * what there was before; a role that has not changed since then is the one there is now.
 */
export function roleThen(
  { since, role, roleSince, before, after }: Around,
  { moment, now }: { readonly moment: Date; readonly now: Date },
): Then {
  const given = before && rolesIn(before.details).to
  if (before && given) return { known: true, role: given, since: before.at }
  if (roleSince <= moment) {
    return { known: true, role, since: roleSince < since ? since : roleSince }
  }
  const remembered = new Date(now)
  remembered.setUTCMonth(remembered.getUTCMonth() - MONTHS)
  if (!after || moment < remembered) return { known: false }
  const { from, to } = rolesIn(after.details)
  const was = after.event === 'role-changed' ? from : to
  return was ? { known: true, role: was, since } : { known: false }
}

/** How a role that somebody had then came to its end. */
export type End = 'changed' | 'removed' | 'left' | 'erased' | 'lasts'

export function endOf({ until, after }: Pick<Around, 'until' | 'after'>): End {
  switch (after?.event) {
    case 'role-changed':
      return 'changed'
    case 'membership-removed':
      return 'removed'
    case 'membership-left':
      return after.details['because'] === 'erased' ? 'erased' : 'left'
    default:
      // Of an account that was erased before each membership had its last line.
      return until ? 'erased' : 'lasts'
  }
}

const BRUSSELS = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Brussels',
  dateStyle: 'short',
  timeStyle: 'short',
})

/**
 * A day and a time of the clock, where the people are; null when there is no such. Of the hour that
 * comes twice in autumn, the first one; of the one that never comes in spring, none.
 */
export function momentAt(day: string, time: string): Date | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || !/^([01]\d|2[0-3]):[0-5]\d$/.test(time)) return null
  for (const offset of [2, 1]) {
    const moment = new Date(Date.parse(`${day}T${time}:00Z`) - offset * 3_600_000)
    if (Number.isNaN(moment.getTime())) return null
    if (BRUSSELS.format(moment) === `${day} ${time}`) return moment
  }
  return null
}

/** `2026-05-03` as browsers send it, or 3/5/2026; empty when it is no day. */
export function readDay(typed: string): string {
  const text = typed.trim()
  const [, d = '', m = '', y = ''] = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(text) ?? []
  const day = y === '' ? text : `${y}-${m.padStart(2, '0')}-${d.padStart(2, '0')}`
  return momentAt(day, '12:00') === null ? '' : day
}

/** The day after, whose midnight ends the day, be it of twenty-three hours or of twenty-five. */
export function dayAfter(day: string): string {
  if (day === '') return ''
  return new Date(Date.parse(`${day}T12:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
}

/** `9:05`, `9h05`, `09.05` → 09:05; empty when it is no time. */
export function readTime(typed: string): string {
  const parts = /^(\d{1,2})\s*(?:[:hH.]\s*(\d{2})?)?$/.exec(typed.trim())
  const time = parts ? `${parts[1]?.padStart(2, '0')}:${parts[2] ?? '00'}` : ''
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(time) ? time : ''
}
