import type { Secret } from '@myanm/chassis'
import type { Person } from '../api.ts'
import type { Granted, Tokens } from '../myanm/api.ts'
import { type Claims, personFrom } from '../person.ts'
import { createSeal } from '../seal.ts'
import type { SessionRow } from './store.ts'

/** A session of this site, opened. */
export interface Session {
  readonly id: Buffer
  readonly person: Person
  readonly tokens: Tokens
  readonly accessExpiresAt: Date
  readonly checkedAt: Date
  readonly expiresAt: Date
  readonly endsAt: Date
  /** Name of an organisation the person has not been told yet that they left. */
  readonly leftOrganisation: string | null
  /** The latest change of the person’s rights that was known when this was read from the table. */
  readonly rightsNumber: number
  /** MyANM has said that the rights changed since they were read: they are not used any more (7.5). */
  readonly isStale: boolean
}

/** How sessions are kept: what says who somebody is, and what opens MyANM, is sealed (X2). */
export function sessionVault(secret: Secret) {
  const claimsSeal = createSeal(secret, 'session claims')
  const tokensSeal = createSeal(secret, 'session tokens')

  return {
    sealClaims: (claims: Claims, id: Buffer) => claimsSeal.close(claims, id),
    sealTokens: (tokens: Tokens, id: Buffer) => tokensSeal.close(tokens, id),

    /** The session of a row, or undefined when it was sealed with another secret: it is over then. */
    open(row: SessionRow): Session | undefined {
      const claims = claimsSeal.open(row.sealedClaims, row.id) as
        | (Claims & { sub: string })
        | undefined
      const tokens = tokensSeal.open(row.sealedTokens, row.id) as Tokens | undefined
      if (!claims || !tokens) return undefined
      const { sealedClaims: _, sealedTokens: __, sub: ___, ...plain } = row
      return { ...plain, person: personFrom(claims), tokens }
    },
  }
}

export type SessionVault = ReturnType<typeof sessionVault>

/** When an access token granted now stops being of use. */
export function accessExpiry(granted: Granted, now: Date): Date {
  return new Date(now.getTime() + granted.expiresInSeconds * 1000)
}
