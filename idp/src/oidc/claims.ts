import type { Standing } from '#accounts'
import { displayName } from '#rules/accounts'

/** Where claims are shown: the id_token stays small (7.3). */
export type Use = 'id_token' | 'userinfo' | 'introspection'

/** Scope → the claims it opens, as the engine filters them. `org` and `rights_version` go by use. */
export const CLAIMS_BY_SCOPE = {
  openid: ['sub', 'auth_time', 'acr', 'amr', 'org', 'rights_version'],
  profile: ['name', 'given_name', 'family_name', 'locale'],
  email: ['email', 'email_verified'],
  compte: ['account_type'],
  organisation: ['org'],
  bilan: ['bilan'],
} as const

/**
 * A person's claims, from what holds now. `org` is absent in one's own name, so that a role never
 * travels without its organisation; the id_token carries its id and role only.
 */
export function claimsFor(asked: {
  readonly standing: Standing
  readonly use: Use
  readonly scopes: ReadonlySet<string>
  readonly client: string
}): Record<string, unknown> {
  const { standing, use, scopes, client } = asked
  const { account, organisation } = standing
  const claims: Record<string, unknown> = { rights_version: account.rights_version }

  if (organisation && scopes.has('organisation')) {
    const { id, role, name, bce, kind, nonprofit, legal_form, options, to_check } = organisation
    claims['org'] =
      use === 'id_token'
        ? { id, role }
        : {
            ...{ id, name, bce, kind, nonprofit, legal_form, role, options },
            // Said only where it is so (4.2.3).
            ...(to_check && { to_check }),
          }
  }
  if (use === 'id_token') return claims

  if (scopes.has('profile') && use === 'userinfo') {
    claims['name'] = displayName(account)
    claims['given_name'] = account.given_name ?? undefined
    claims['family_name'] = account.family_name ?? undefined
    claims['locale'] = `${account.language}-BE`
  }
  if (scopes.has('email') && use === 'userinfo') {
    claims['email'] = account.email ?? undefined
    claims['email_verified'] = account.email_confirmed
  }
  if (scopes.has('compte')) claims['account_type'] = account.type
  const roles = account.app_roles?.[client]
  if (scopes.has('bilan') && roles) claims['bilan'] = { roles }
  return claims
}
