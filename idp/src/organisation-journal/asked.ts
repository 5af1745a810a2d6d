import type { Context } from 'koa'
import { type MemberVisit, organisationPage } from '#memberships'
import { isIdentifier } from '#rules/memberships'
import type { OrganisationJournalNeeds } from './needs.ts'
import { findPerson, type PersonRow, searchPeople } from './store.ts'

/** Longer is no name, no day, no time. */
const LONGEST = 100
/** Of more people who are called so, more has to be typed. */
const MOST_FOUND = 20

/** What the address says under a name; empty when it says nothing, or several things. */
export function textOf(ctx: Context, name: string): string {
  const text = ctx.query[name]
  return typeof text === 'string' ? text.trim().slice(0, LONGEST).replaceAll('\0', '') : ''
}

/** The person a page is about, by a membership or by what was typed; several when it fits several. */
export async function personAsked(
  ctx: Context,
  { db }: OrganisationJournalNeeds,
  organisation: string,
): Promise<{ readonly person: PersonRow | null; readonly found: PersonRow[] | null }> {
  const [membership, typed] = [textOf(ctx, 'personne'), textOf(ctx, 'q')]
  if (isIdentifier(membership)) {
    return { person: (await findPerson(db, { organisation, membership })) ?? null, found: null }
  }
  if (typed === '') return { person: null, found: null }
  const found = await searchPeople(db, { organisation, typed, most: MOST_FOUND })
  const [only] = found
  return found.length === 1 && only ? { person: only, found: null } : { person: null, found }
}

/** A page of this journal, with what it is asked; what is empty is left out. */
export function pathOf(
  organisation: string,
  page: '' | '/ce-jour-la',
  query: Readonly<Record<string, string>>,
): string {
  const said = Object.entries(query).filter(([, value]) => value !== '')
  const search = new URLSearchParams(said).toString()
  return `/organismes/${organisation}/journal${page}${search && `?${search}`}`
}

export const journalPage = (ctx: Context, here: MemberVisit): object => ({
  ...organisationPage(ctx, here, 'journal'),
  base: pathOf(here.organisation.id, '', {}),
})
