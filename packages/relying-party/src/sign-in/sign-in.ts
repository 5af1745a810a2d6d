import type { Clock } from '../api.ts'
import { fingerprint, newSecret } from '../cookies.ts'
import type { MyAnm, Proof, SignedIn } from '../myanm/api.ts'
import type { Claims } from '../person.ts'
import type { Seal } from '../seal.ts'
import { endOf, expiryOf } from '../sessions/limits.ts'
import { accessExpiry, type SessionVault } from '../sessions/session.ts'
import type { SessionStore } from '../sessions/store.ts'
import type { PendingSignInStore } from './store.ts'

/** How long somebody may take to sign in on MyANM, a mail read meanwhile included, in milliseconds. */
const PENDING = 60 * 60_000

export interface SignInNeeds {
  readonly myanm: MyAnm
  readonly pending: PendingSignInStore
  readonly sessions: SessionStore
  readonly vault: SessionVault
  readonly proofSeal: Seal
  readonly clock: Clock
}

/**
 * Begins a sign-in: state, nonce and PKCE of its own, so that several tabs do not disturb each other.
 *
 * @param browser secret of the browser that asks
 * @returns where on MyANM to go
 * @throws MyAnmError when MyANM cannot be found: nothing is kept then
 */
export async function beginSignIn(
  { myanm, pending, proofSeal, clock }: SignInNeeds,
  asked: {
    readonly browser: string
    readonly returnTo: string
    readonly parameters: Readonly<Record<string, string>>
  },
): Promise<URL> {
  const proof: Proof = { state: newSecret(), nonce: newSecret(), codeVerifier: newSecret() }
  const address = await myanm.authorizationUrl(proof, asked.parameters)
  const now = clock.now()
  const id = fingerprint(proof.state)
  await pending.removeExpired(now)
  await pending.add({
    id,
    browser: fingerprint(asked.browser),
    sealedProof: proofSeal.close(proof, id),
    returnTo: asked.returnTo,
    expiresAt: new Date(now.getTime() + PENDING),
  })
  return address
}

/** A sign-in begun by this browser, taken once. */
export async function takeSignIn(
  { pending, proofSeal, clock }: SignInNeeds,
  answer: { readonly state: string; readonly browser: string },
): Promise<{ readonly proof: Proof; readonly returnTo: string } | undefined> {
  const id = fingerprint(answer.state)
  const taken = await pending.take({
    id,
    browser: fingerprint(answer.browser),
    now: clock.now(),
  })
  const proof = taken && (proofSeal.open(taken.sealedProof, id) as Proof | undefined)
  return proof && { proof, returnTo: taken.returnTo }
}

/**
 * Redeems MyANM's answer and opens a session under an identifier nobody has seen before (fixation,
 * ASVS 7.2.4).
 *
 * @returns the cookie's value, or undefined when MyANM ended this sign-in while it arrived
 * @throws MyAnmError
 */
export async function finishSignIn(
  { myanm, sessions, vault, clock }: SignInNeeds,
  answer: URL,
  proof: Proof,
): Promise<string | undefined> {
  const signedIn = await myanm.redeem(answer, proof)
  const checkedAt = clock.now()
  // Before the rights are read: a change that is heard of while they are makes them stale.
  const rightsNumber = await sessions.rightsNumberOf(signedIn.sub)
  const claims = await myanm.claims(signedIn.tokens.access, signedIn.sub)
  await sessions.removeExpired(checkedAt)
  const secret = newSecret()
  const session = newSession(vault, {
    id: fingerprint(secret),
    signedIn,
    claims,
    checkedAt,
    rightsNumber,
  })
  return (await sessions.add(session)) ? secret : undefined
}

function newSession(
  vault: SessionVault,
  found: {
    readonly id: Buffer
    readonly signedIn: SignedIn
    readonly claims: Claims
    readonly checkedAt: Date
    readonly rightsNumber: number
  },
) {
  const { id, signedIn, claims, checkedAt, rightsNumber } = found
  const endsAt = endOf(new Date(signedIn.authenticatedAt * 1000), checkedAt)
  return {
    id,
    sub: signedIn.sub,
    sid: signedIn.sid ?? null,
    vouchedAt: new Date(signedIn.issuedAt * 1000),
    sealedClaims: vault.sealClaims(claims, id),
    sealedTokens: vault.sealTokens(signedIn.tokens, id),
    accessExpiresAt: accessExpiry(signedIn, checkedAt),
    checkedAt,
    rightsNumber,
    expiresAt: expiryOf(endsAt, checkedAt),
    endsAt,
  }
}
