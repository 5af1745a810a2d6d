import { translate } from '@myanm/chassis'
import type { Context } from 'koa'
import { displayName } from '#rules/accounts'
import { takeNotice } from './notices.ts'
import { ACCOUNT_PAGES, type AccountPage } from './rules.ts'
import type { Visit } from './who-is-here.ts'

/** The right side of the banner: who is here, or the way in. */
export function bannerOf(visit: Visit | null): object {
  if (!visit) return { kind: 'anonymous', signInUrl: '/compte', registerUrl: '/inscription' }
  return {
    kind: 'person',
    name: displayName(visit.standing.account),
    accountUrl: '/compte',
    signOutUrl: '/logout',
  }
}

/**
 * What every page of « Mon compte » shows around its content, and what the form before it has done;
 * templates extend `visits/pages/account-page.njk`.
 */
export function accountPage(ctx: Context, visit: Visit, current: AccountPage): object {
  return {
    banner: bannerOf(visit),
    notice: takeNotice(ctx),
    accountPages: ACCOUNT_PAGES.map(({ key, path }) => ({
      text: translate(ctx, `visits.page.${key}`),
      href: path,
      current: key === current,
    })),
  }
}
