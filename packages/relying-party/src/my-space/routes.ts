import Router from '@koa/router'
import { render, translate } from '@myanm/chassis'
import { compareRoles } from '@myanm/permissions'
import type { Context } from 'koa'
import type { Person, RelyingParty } from '../api.ts'
import { managerOf } from '../team.ts'
import type { Right } from './rights.ts'

export const MY_SPACE_PATH = '/mon-espace'

/**
 * « Ce que vous pouvez faire ici »: for whom the person acts, what that opens on this site, what it does
 * not and who can change that (M34, M52).
 */
export function mySpace(options: {
  readonly myanm: RelyingParty
  /** One by one; none at all when the introduction says it better. */
  readonly rights: (ctx: Context, person: Person) => readonly Right[]
  /** What the site says first of this person's place there. */
  readonly introduction?: (ctx: Context, person: Person) => string
}): Router {
  const { myanm, rights, introduction } = options
  const router = new Router()

  router.get(MY_SPACE_PATH, myanm.requirePerson, async (ctx) => {
    const person = myanm.person(ctx)
    if (!person) throw new Error('requirePerson let nobody through')
    const all = rights(ctx, person)
    const refused = all.filter(({ allowed }) => !allowed)
    const isContent = all.length > 0 && refused.length === 0
    render(ctx, 'my-space/pages/my-space.njk', {
      actingFor: actingFor(ctx, person),
      profile: translate(ctx, `profile.${person.accountType}`),
      introduction: introduction?.(ctx, person) ?? null,
      allowed: all.filter(({ allowed }) => allowed),
      refused,
      ways: isContent ? [] : await waysOn(ctx, { myanm, person, refused }),
    })
  })
  return router
}

function actingFor(ctx: Context, { organisation }: Person) {
  if (!organisation) return null
  const { name, role } = organisation
  return { name, role, roleLabel: translate(ctx, `role.${role}`) }
}

/** Nobody is left with a refusal alone: the role to ask for, for whom else to act, an organisation to join. */
async function waysOn(
  ctx: Context,
  found: {
    readonly myanm: RelyingParty
    readonly person: Person
    readonly refused: readonly Right[]
  },
) {
  const { myanm, person, refused } = found
  const { organisation } = person
  const ways = []
  const least = refused.flatMap(({ role }) => role?.role ?? []).toSorted(compareRoles)[0]
  if (organisation && least) {
    const manager = await managerOf(ctx, myanm)
    const values = { manager: manager?.name ?? 'none', organisation: organisation.name }
    ways.push({
      title: translate(ctx, 'my-space.way.role.title'),
      explanation: translate(ctx, 'my-space.way.role.text', values),
      text: translate(ctx, 'my-space.way.role.action'),
      href: myanm.needUrl(ctx, { organisation: organisation.id, minimumRole: least }),
    })
  }
  const banner = myanm.banner(ctx)
  const maySwitch = banner?.kind === 'person' && banner.switchUrl !== undefined
  if (organisation && maySwitch) ways.push(way(ctx, 'switch', myanm.switchUrl(ctx)))
  if (!organisation && (maySwitch || refused.some(({ forOrganisation }) => forOrganisation))) {
    // Whoever belongs to none finds there how to join one.
    ways.push(way(ctx, maySwitch ? 'switch-own' : 'join', myanm.needUrl(ctx, {})))
  }
  return ways
}

function way(ctx: Context, which: 'switch' | 'switch-own' | 'join', href: string) {
  const action = which === 'join' ? 'join' : 'switch'
  return {
    title: translate(ctx, `my-space.way.${which}.title`),
    explanation: translate(ctx, `my-space.way.${which}.text`),
    text: translate(ctx, `my-space.way.${action}.action`),
    href,
  }
}
