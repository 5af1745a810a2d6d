import {
  type Problem,
  Problem as Problems,
  readFields,
  referenceOf,
  render,
  translate,
} from '@myanm/chassis'
import { isRole } from '@myanm/permissions'
import { managerOf, type RelyingParty } from '@myanm/relying-party'
import type { Context, Middleware } from 'koa'

/** What working with job offers takes, in any organisation (P3). */
const LEAST = 'COLLABORATEUR'

const REFUSALS = new Set([
  'role-too-low',
  'profile-refused',
  'service-closed',
  'organisation-to-check',
  'not-allowed',
])

/**
 * A refusal is a page with ways forward, never a wall (M34): for whom else one may act, whom to ask,
 * what is open to everybody. Programs get RFC 9457 from the frame.
 */
export function refusalPages(myanm: RelyingParty): Middleware {
  return async function refusalPages(ctx, next) {
    try {
      await next()
    } catch (error) {
      const isOurs = Problems.is(error) && REFUSALS.has(error.code)
      if (!isOurs || ctx.accepts('html', 'json') === 'json') throw error
      await showRefusal(ctx, myanm, error)
    }
  }
}

async function showRefusal(ctx: Context, myanm: RelyingParty, problem: Problem): Promise<void> {
  const { code, values } = problem
  const manager = code === 'role-too-low' ? await managerOf(ctx, myanm) : undefined
  ctx.status = problem.status
  render(ctx, 'job-offers/pages/refusal.njk', {
    reference: referenceOf(ctx),
    title: translate(ctx, `problem.${code}.title`, values),
    explanation: translate(ctx, `problem.${code}.text`, values),
    code,
    organisation: values['organisation'],
    role: values['role'],
    needs: values['needs'],
    askUrl: myanm.needUrl(placeToResume(ctx), {
      organisation: myanm.person(ctx)?.organisation?.id,
      minimumRole: isRole(values['needs']) ? values['needs'] : LEAST,
    }),
    manager: manager?.name,
    switchUrl: maySwitch(ctx, myanm) ? myanm.switchUrl(placeToResume(ctx)) : null,
    kept: await keptText(ctx),
  })
}

/** The banner knows whether there is anything to choose between. */
function maySwitch(ctx: Context, myanm: RelyingParty): boolean {
  const banner = myanm.banner(ctx)
  return banner?.kind === 'person' && banner.switchUrl !== undefined
}

/** After choosing another organisation, the page one came for; for a form, the list one works from. */
function placeToResume(ctx: Context): string {
  if (ctx.method === 'GET' || ctx.method === 'HEAD') return ctx.originalUrl
  return ctx.path.startsWith('/publier/') ? ctx.path : '/mes-annonces'
}

/** What was typed stays in sight: whoever lost a right meanwhile does not lose their text as well. */
async function keptText(ctx: Context): Promise<{ title: string; text: string } | null> {
  if (ctx.method !== 'POST') return null
  const fields = await readFields(ctx)
  const text = fields.get('texte') ?? ''
  return text === '' ? null : { title: fields.get('titre') ?? '', text }
}
