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
  readonly rights: (ctx: Context, person: Person) => readonly Right[]
}): Router {
  const { myanm, rights } = options
  const router = new Router()

  router.get(MY_SPACE_PATH, myanm.requirePerson, async (ctx) => {
    const person = myanm.person(ctx)
    if (!person) throw new Error('requirePerson let nobody through')
    const all = rights(ctx, person)
    const refused = all.filter(({ allowed }) => !allowed)
    render(ctx, 'my-space/pages/my-space.njk', {
      actingFor: actingFor(ctx, person),
      profile: translate(ctx, `profile.${person.accountType}`),
      allowed: all.filter(({ allowed }) => allowed),
      refused,
      ways: refused.length === 0 ? [] : await waysOn(ctx, { myanm, person, refused }),
    })
  })
  return router
}

function actingFor(ctx: Context, { organisation }: Person) {
  if (!organisation) return null
  const { name, bce, role } = organisation
  return {
    name,
    bce: bce === undefined ? null : writtenBce(bce),
    role,
    roleLabel: translate(ctx, `role.${role}`),
  }
}

/** `0566.988.259` (R14). */
function writtenBce(bce: string): string {
  return bce.replace(/^(\d{4})(\d{3})(\d{3})$/, '$1.$2.$3')
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
    ways.push({
      title: translate(ctx, 'my-space.way.switch.title'),
      explanation: translate(ctx, 'my-space.way.switch.text'),
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
