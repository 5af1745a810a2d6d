import type { Clock } from '../api.ts'
import type { MyAnm, Tokens } from '../myanm/api.ts'
import { MyAnmError } from '../myanm/errors.ts'
import { organisationLeft, personFrom } from '../person.ts'
import { accessExpiry, type Session, type SessionVault } from './session.ts'
import type { SessionStore } from './store.ts'

/** An access token with less left, in milliseconds, is refreshed before use. */
const MARGIN = 30_000
/** A refresh leaves no later than this after the lease was taken, so that it ends within it. */
const LATEST_REFRESH = 4_000

export interface ConsultNeeds {
  readonly store: SessionStore
  readonly vault: SessionVault
  readonly myanm: MyAnm
  readonly clock: Clock
}

/**
 * Asks MyANM who the person of a session is now, with tokens refreshed when they are spent. Runs under
 * the lease, and gives it back when it succeeds.
 *
 * @returns the session as it is now, or undefined when it was ended meanwhile
 * @throws MyAnmError
 */
export async function consult(
  needs: ConsultNeeds,
  session: Session,
  lease: string,
): Promise<Session | undefined> {
  const { store, vault, myanm, clock } = needs
  const { id, person, rightsNumber } = session
  const since = performance.now()
  let { tokens } = session

  const refresh = async (): Promise<void> => {
    // Too late to be done within the lease: somebody else may be using this token by then.
    if (performance.now() - since > LATEST_REFRESH) throw new MyAnmError('away')
    if (tokens.refresh === undefined) throw new MyAnmError('grant-over')
    const granted = await myanm.refresh(tokens.refresh)
    tokens = merge(tokens, granted.tokens)
    const kept = await store.keepTokens({
      id,
      lease,
      sealedTokens: vault.sealTokens(tokens, id),
      accessExpiresAt: accessExpiry(granted, clock.now()),
    })
    // Signed out meanwhile: what was just granted must not outlive that.
    if (!kept) await myanm.revoke(tokens.refresh ?? tokens.access)
  }

  const read = async () => {
    const checkedAt = clock.now()
    const claims = await myanm.claims(tokens.access, person.sub)
    return { claims, checkedAt }
  }

  const readRefreshing = async () => {
    if (session.accessExpiresAt.getTime() - clock.now().getTime() >= MARGIN) {
      try {
        return await read()
      } catch (error) {
        if (!MyAnmError.is(error) || error.failure !== 'token-refused') throw error
      }
    }
    await refresh()
    return read()
  }

  const { claims, checkedAt } = await readRefreshing()
  const row = await store.keepClaims({
    id,
    lease,
    sealedClaims: vault.sealClaims(claims, id),
    checkedAt,
    rightsNumber,
    leftOrganisation: organisationLeft(person, personFrom(claims)),
  })
  return row && vault.open(row)
}

/** MyANM repeats only what has changed. */
function merge(before: Tokens, granted: Tokens): Tokens {
  return { ...before, ...granted }
}
