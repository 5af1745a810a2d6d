import type { Db } from '@myanm/database'
import { interactionPolicy } from 'oidc-provider'
import type { Tables } from '../tables.ts'
import { contextChoice } from './context-choice.ts'

const { Check, Prompt, base } = interactionPolicy

/**
 * What may stand between a request and its answer, in this order: register, sign in, say for whom one acts,
 * agree to what a site of another house receives.
 */
export function promptPolicy(db: Db<Tables>): interactionPolicy.DefaultPolicy {
  const policy = base()

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
          return { because: choice.decided ? 'asked' : choice.because }
        },
      ),
    ),
    2,
  )
  return policy
}
