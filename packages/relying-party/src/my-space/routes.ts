import Router from '@koa/router'
import { render, translate } from '@myanm/chassis'
import type { Context } from 'koa'
import type { Person, RelyingParty } from '../api.ts'
import { teamOf } from '../team.ts'
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

/** Nobody is left with a refusal alone: whom to ask for another role, for whom else to act. */
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
  if (organisation && refused.some(({ role }) => role !== undefined)) {
    const { manager } = await teamOf(ctx, myanm)
    if (manager && manager.sub !== person.sub) {
      const values = { manager: manager.name, organisation: organisation.name }
      ways.push({
        title: translate(ctx, 'my-space.way.role.title'),
        explanation: translate(ctx, 'my-space.way.role.text', values),
        text: translate(ctx, 'my-space.way.role.action', values),
        ...(manager.email && { href: mailTo(ctx, manager.email) }),
      })
    }
  }
  const banner = myanm.banner(ctx)
  if (banner?.kind === 'person' && banner.switchUrl !== undefined) {
    const way = organisation ? 'switch' : 'switch-own'
    ways.push({
      title: translate(ctx, `my-space.way.${way}.title`),
      explanation: translate(ctx, `my-space.way.${way}.text`),
      text: translate(ctx, 'my-space.way.switch.action'),
      href: myanm.switchUrl(ctx),
    })
  }
  return ways
}

function mailTo(ctx: Context, email: string): string {
  const subject = encodeURIComponent(translate(ctx, 'my-space.way.role.subject'))
  return `mailto:${encodeURIComponent(email).replace('%40', '@')}?subject=${subject}`
}
