import type { Db } from '@myanm/database'
import { errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import type { Tables } from '../tables.ts'
import { contextChoice } from './context-choice.ts'
import { heardOf, isOutOfReach, levelAsked, mistakeInNeed, reaches } from './rules.ts'

const { Check, Prompt, base } = interactionPolicy

/**
 * What may stand between a request and its answer, in this order: register, sign in, say for whom one acts,
 * agree to what a site of another house receives.
 */
export function promptPolicy(db: Db<Tables>): interactionPolicy.DefaultPolicy {
  const policy = base()

  askForLevel(policy)

  // A session whose account has ended or is suspended is asked to sign in again, and told why there.
  policy
    .get('login')
    ?.checks.add(
      new Check('account_gone', 'End-User account is not active', 'login_required', (ctx) =>
        ctx.oidc.session?.accountId !== undefined && ctx.oidc.account === undefined
          ? Check.REQUEST_PROMPT
          : Check.NO_NEED_TO_PROMPT,
      ),
    )

  // « Inscrivez-vous » (Initiating User Registration via OpenID Connect 1.0): before anything else.
  policy.add(new Prompt({ name: 'create', requestable: true }), 0)

  policy.add(
    new Prompt(
      { name: 'contexte', requestable: true },
      new Check(
        'organisation_choice',
        'End-User must choose an organisation to act for',
        'interaction_required',
        async (ctx) => {
          if (!ctx.oidc.account) return Check.NO_NEED_TO_PROMPT
          const choice = await contextChoice(ctx, db)
          return choice.decided ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT
        },
        async (ctx) => {
          const choice = await contextChoice(ctx, db)
          if (choice.decided) return { because: 'asked' }
          const { because, organisation } = choice
          return { because, ...(organisation !== undefined && { organisation }) }
        },
      ),
    ),
    2,
  )
  return policy
}

/** Why a sign-in that runs is asked to prove more: see `levelAsked`. */
export const LEVEL_REASON = 'level'

/**
 * In the place of the engine's own checks: a level includes those below it, and what a site prefers
 * (`acr_values`) is asked of the person as what it insists on is.
 */
function askForLevel(policy: interactionPolicy.DefaultPolicy): void {
  const login = policy.get('login')
  login?.checks.remove('essential_acrs')
  login?.checks.remove('essential_acr')
  login?.checks.add(
    new Check(LEVEL_REASON, 'the requested ACR could not be obtained', 'login_required', (ctx) => {
      const wanted = levelAsked({
        acrValues: ctx.oidc.params?.['acr_values'] as string | undefined,
        claim: claimOf(ctx.oidc.claims),
      })
      return wanted !== null && !reaches(ctx.oidc.session?.acr, wanted)
        ? Check.REQUEST_PROMPT
        : Check.NO_NEED_TO_PROMPT
    }),
  )
}

/**
 * What a request says of whom one acts for, held to what it may say: a site that asks for what can never
 * be is told at once, in its developers' words, and nobody is led to a page that cannot help.
 * @throws errors.InvalidRequest
 */
export function checkNeed(ctx: KoaContextWithOIDC): void {
  const mistake = mistakeInNeed(ctx.oidc.params ?? {})
  if (mistake !== null) throw new errors.InvalidRequest(mistake)
}

interface AskedClaims {
  readonly id_token?: Readonly<Record<string, unknown>> | null
}

type LevelClaim = Parameters<typeof isOutOfReach>[0]

function claimOf(claims: unknown): LevelClaim {
  const claim = (claims as AskedClaims | undefined)?.id_token?.['acr']
  return typeof claim === 'object' ? (claim as LevelClaim) : null
}

/**
 * Of the `claims` parameter, how the sign-in must be is heard; claims about the person are not: scopes
 * ask for those, and consent is given to scopes.
 * @throws errors.UnmetAuthenticationRequirements when a level is insisted on that no sign-in here can have
 * @throws errors.InvalidRequest when it is written as the standard does not have it
 */
export function narrowClaims(ctx: KoaContextWithOIDC, claims: unknown): void {
  const heard = heardOf((claims as AskedClaims).id_token ?? {})
  if (heard === null) {
    throw new errors.InvalidRequest(
      'claims.id_token must say null, or an object with essential, value or values, of acr, auth_time and sub',
    )
  }
  if (isOutOfReach(heard.acr ?? null)) {
    throw new errors.UnmetAuthenticationRequirements('none of the requested ACRs is supported')
  }
  if (ctx.oidc.params) ctx.oidc.params['claims'] = JSON.stringify({ id_token: heard })
}
