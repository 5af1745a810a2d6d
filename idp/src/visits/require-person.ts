import { createHash, randomBytes } from 'node:crypto'
import { ownForms, type Problem } from '@myanm/chassis'
import type { Context } from 'koa'
import { hasSecondFactor } from '#authenticators'
import { OWN_CLIENT, RETURN_PATH } from '#clients'
import { AAL2, reaches } from '#rules/oidc'
import { problem } from '../problems.ts'
import { isRecent, RECENT, sealReturn } from './rules.ts'
import { type Visit, type VisitNeeds, whoIsHere } from './who-is-here.ts'

/** A second less than what is recent here, since the engine counts whole ones: it asks whenever we do. */
const MAX_AGE = String(RECENT / 1000 - 1)

/**
 * The person here, or null after having sent the visitor to sign in, and back to this page:
 *
 *     const visit = await requirePerson(ctx, needs)
 *     if (!visit) return
 *
 * @throws Problem `somebody-else` for a form that was shown to another person in this browser
 */
export async function requirePerson(ctx: Context, needs: VisitNeeds): Promise<Visit | null> {
  const visit = await whoIsHere(ctx, needs)
  if (!visit) goToSignIn(ctx, needs)
  else if (!ownForms(ctx, visit.account)) throw somebodyElse(ctx)
  return visit
}

/** The page was opened by somebody who used this browser before: nothing of what it says is done. */
function somebodyElse(ctx: Context): Problem {
  const page = pageOf(ctx)
  // In a link, a path that begins with two slashes is somebody else's host; a form's own may be no page.
  const isPage = ctx.get('referer') !== '' && !page.startsWith('//')
  return problem('somebody-else', {
    ways: [
      ...(isPage ? [{ key: 'visits.way.same-page', href: page }] : []),
      { key: 'visits.way.account', href: '/compte' },
    ],
  })
}

/**
 * The same, for what changes an account: who did not prove who they are in the last ten minutes does it
 * again (4.3.5, ASVS 7.5.1), with all they have set up, then comes back. Ask before a form is shown, so
 * that nothing typed is lost.
 */
export async function requireRecentPerson(ctx: Context, needs: VisitNeeds): Promise<Visit | null> {
  const visit = await requirePerson(ctx, needs)
  if (!visit) return null
  const { signedInAt, acr } = visit.session
  if (!isRecent(signedInAt, new Date())) {
    goToSignIn(ctx, needs, { max_age: MAX_AGE })
    return null
  }
  // Signed in before there was a second factor, in another browser: a password alone is not enough now.
  if (reaches(acr, AAL2) || !(await hasSecondFactor(needs.db, visit.account))) return visit
  goToSignIn(ctx, needs, { acr_values: AAL2 })
  return null
}

/**
 * The same, for what opens other people's accounts or takes a protection away: proved in the last ten
 * minutes, and with a second factor. Who has none is led to set one up (ASVS 7.5.3).
 */
export async function requireStrongPerson(ctx: Context, needs: VisitNeeds): Promise<Visit | null> {
  const visit = await requirePerson(ctx, needs)
  if (!visit) return null
  const { signedInAt, acr } = visit.session
  if (isRecent(signedInAt, new Date()) && reaches(acr, AAL2)) return visit
  goToSignIn(ctx, needs, { max_age: MAX_AGE, acr_values: AAL2 })
  return null
}

/**
 * Sends to sign-in with a challenge nobody knows the answer to: its code can never be redeemed, and need
 * not be: the session is what counts.
 * @param more parameters of the authorization request, such as `max_age`, `acr_values`, `prompt`
 */
export function goToSignIn(
  ctx: Context,
  { config }: Pick<VisitNeeds, 'config'>,
  more: Readonly<Record<string, string>> = {},
): void {
  const challenge = createHash('sha256').update(randomBytes(32)).digest('base64url')
  const request = new URLSearchParams({
    client_id: OWN_CLIENT,
    response_type: 'code',
    scope: 'openid',
    redirect_uri: new URL(RETURN_PATH, config.PUBLIC_URL).href,
    code_challenge: challenge,
    code_challenge_method: 'S256',
    state: sealReturn(pageOf(ctx), config.COOKIE_KEY.reveal()),
    ...more,
  })
  ctx.status = 303
  ctx.redirect(`/authorize?${request}`)
}

/** The page to come back to: this one, or the one its form stands on. */
function pageOf(ctx: Context): string {
  if (ctx.method === 'GET' || ctx.method === 'HEAD') return ctx.url
  const referrer = URL.parse(ctx.get('referer'))
  return referrer?.host === ctx.host ? referrer.pathname + referrer.search : ctx.path
}
