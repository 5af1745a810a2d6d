import { frameProblem, translate } from '@myanm/chassis'
import { type ActionKey, outlook, type Person } from '@myanm/permissions'
import type { Context } from 'koa'
import { type Standing, standingOf } from '#accounts'
import { findMergedInto } from '#organisations'
import {
  bannerOf,
  requirePerson,
  requireRecentPerson,
  takeNotice,
  type Visit,
  type VisitNeeds,
} from '#visits'
import { problem } from '../problems.ts'
import { actorOf, isIdentifier, ORGANISATION_PAGES, type OrganisationPage } from './rules.ts'
import { findLeft } from './store.ts'

type OrganisationStanding = NonNullable<Standing['organisation']>

/** A member on the pages of their organisation: who they are, and as what, at this moment. */
export interface MemberVisit {
  readonly visit: Visit
  readonly account: string
  readonly organisation: OrganisationStanding
  /** For `decide` of `@myanm/permissions`. */
  readonly actor: Person
}

/**
 * The member of the organisation named in the address (`/organismes/:organisme/…`) who may do this; null
 * after having sent the visitor to sign in. Whoever is not of the team learns nothing, not even that the
 * organisation exists; whoever was of it last month is told that they no longer are (E41), and who is of
 * one whose account is closed, that it is.
 *
 * @throws Problem `not-found`, `no-longer-member`, `organisation-closed` (404) for who is no member, `role-too-low` (403, E14) for whose role does
 *   not allow it
 */
export async function requireMember(
  ctx: Context,
  needs: VisitNeeds,
  action: ActionKey,
): Promise<MemberVisit | null> {
  return asMember(ctx, needs, { action, visit: await requirePerson(ctx, needs) })
}

/** The same, for what needs somebody who proved who they are in the last ten minutes (4.3.5). */
export async function requireRecentMember(
  ctx: Context,
  needs: VisitNeeds,
  action: ActionKey,
): Promise<MemberVisit | null> {
  return asMember(ctx, needs, { action, visit: await requireRecentPerson(ctx, needs) })
}

async function asMember(
  ctx: Context,
  { db }: VisitNeeds,
  asked: { readonly action: ActionKey; readonly visit: Visit | null },
): Promise<MemberVisit | null> {
  const { visit } = asked
  if (!visit) return null
  const { account } = visit
  const id = String((ctx as { params?: Record<string, string> }).params?.['organisme'] ?? '')
  const standing = isIdentifier(id) ? await standingOf(db, visit.account, id) : null
  if (!standing?.organisation) {
    const ways = [{ key: 'memberships.way.my-organisations', href: '/compte/organismes' }]
    const left = isIdentifier(id) ? await findLeft(db, { organisation: id, account }) : undefined
    if (!left) throw frameProblem('not-found', { ways })
    const values = { organisation: left.name }
    const merged = left.isClosed && (await findMergedInto(db, { organisation: id, account }))
    if (merged) throw organisationMerged(merged)
    if (!left.isClosed) throw problem('no-longer-member', { values, ways })
    const contact = { key: 'memberships.way.contact', href: '/contact' }
    throw problem('organisation-closed', { values, ways: [...ways, contact] })
  }
  const { organisation } = standing
  const actor = actorOf(standing)
  if (!outlook(actor, asked.action).allowed) throw roleTooLow(organisation)
  return { visit, account, organisation, actor }
}

/** Where an organisation went with its team, for whoever was of it (ahead 5). */
const organisationMerged = (merged: {
  readonly name: string
  readonly into: string
  readonly intoName: string
}) =>
  problem('organisation-merged', {
    values: { organisation: merged.name, into: merged.intoName },
    ways: [
      {
        key: 'memberships.way.merged',
        href: `/organismes/${merged.into}`,
        values: { organisation: merged.intoName },
      },
      { key: 'memberships.way.my-organisations', href: '/compte/organismes' },
    ],
  })

/** E14: what the person is there, and where to go from here. */
export function roleTooLow(organisation: OrganisationStanding) {
  return problem('role-too-low', {
    values: { role: organisation.role, organisation: organisation.name },
    ways: [
      {
        key: 'memberships.way.organisation',
        href: `/organismes/${organisation.id}`,
        values: { organisation: organisation.name },
      },
    ],
  })
}

/**
 * What every page of an organisation shows around its content: who acts and for whom, what the form
 * before it has done, the pages this role opens. Templates extend
 * `memberships/pages/organisation-page.njk`.
 */
export function organisationPage(
  ctx: Context,
  { visit, organisation, actor }: MemberVisit,
  current: OrganisationPage,
): object {
  const base = `/organismes/${organisation.id}`
  return {
    banner: {
      ...bannerOf(visit),
      organisation: organisation.name,
      switchUrl: '/compte/organismes',
    },
    notice: takeNotice(ctx),
    navigation: [
      { text: translate(ctx, 'memberships.navigation.account'), href: '/compte' },
      { text: organisation.name, href: base, current: true },
      { text: translate(ctx, 'memberships.navigation.organisations'), href: '/compte/organismes' },
    ],
    organisation,
    organisationBase: base,
    organisationPages: ORGANISATION_PAGES.filter(({ needs }) => outlook(actor, needs).allowed).map(
      ({ key, path }) => ({
        text: translate(ctx, `memberships.page.${key}`),
        href: `${base}${path}`,
        current: key === current,
      }),
    ),
  }
}
