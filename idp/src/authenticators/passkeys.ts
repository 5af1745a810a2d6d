import type { Tx } from '@myanm/database'
import type {
  PublicKeyCredentialRequestOptionsJSON,
  VerifiedRegistrationResponse,
} from '@simplewebauthn/server'
import { lockAccount } from '#accounts'
import type { Tables } from '../tables.ts'
import type { AuthenticatorNeeds } from './needs.ts'
import { type Assertion, readAssertion, readAttestation } from './passkey-forms.ts'
import { LONGEST_NAME, MOST_PASSKEYS } from './rules.ts'
import { secretsOf } from './secrets.ts'
import {
  findPasskey,
  listPasskeys,
  noteUse,
  type PasskeyRow,
  savePasskey,
  secondFactorsOf,
  spendChallenge,
} from './store.ts'

/** Loaded with the first passkey: it reads certificates of all kinds, in a quarter of a second and 31 MB. */
const library = () => import('@simplewebauthn/server')

/** How long a browser waits for its person, in milliseconds. */
const PATIENCE = 60_000

/**
 * EdDSA, ES256 and RS256 (RFC 9053), which every authenticator has one of. Named here, so that what a
 * version of Node tries out is not asked of devices.
 */
const ALGORITHMS = [-8, -7, -257]

/** Where an answer was asked for: one journey, or one session. It is good there only. */
export type Place = `journey:${string}` | `session:${string}`

/**
 * What a browser needs to let somebody choose a passkey (WebAuthn level 3, §5.1.9): on every sign-in page,
 * and so written here, without the library. With an account only its own will do; without,
 * the passkey says who it is, and the question is the same for everybody (F34).
 */
export async function askForPasskey(
  needs: AuthenticatorNeeds,
  asked: { readonly place: Place; readonly account: string | null; readonly now: Date },
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const passkeys = asked.account === null ? [] : await listPasskeys(needs.db, asked.account)
  const challenge = secretsOf(needs.config).newChallenge(`get:${asked.place}`, asked.now)
  return {
    rpId: needs.config.PUBLIC_URL.hostname,
    challenge: Buffer.from(challenge).toString('base64url'),
    timeout: PATIENCE,
    userVerification: 'required',
    allowCredentials: passkeys.map(({ credential_id: id, transports }) => ({
      id: id.toString('base64url'),
      type: 'public-key',
      transports: [...transports] as Transport[],
    })),
  }
}

type Transport = NonNullable<
  NonNullable<PublicKeyCredentialRequestOptionsJSON['allowCredentials']>[number]['transports']
>[number]

/** A passkey whose answer is right, before it is used. */
export interface ProvenPasskey {
  readonly account: string
  readonly isSynced: boolean
  /** Uses it up, in the transaction of what it allows. @returns false for a replay, or a copied key */
  use(tx: Tx<Tables>): Promise<boolean>
}

/**
 * Checks the answer of a passkey: made for this address, for this question, by a key we know, with the
 * person checked (WebAuthn §7.2). Every reason to refuse is one answer.
 * @param given.account whose it must be; null when the passkey says who it is
 */
export async function checkPasskey(
  needs: AuthenticatorNeeds,
  given: {
    readonly place: Place
    readonly answer: string
    readonly account: string | null
    readonly now: Date
  },
): Promise<ProvenPasskey | null> {
  const answer = readAssertion(given.answer)
  if (!answer) return null
  const passkey = await findPasskey(needs.db, Buffer.from(answer.id, 'base64url'))
  if (!passkey || (given.account !== null && passkey.account_id !== given.account)) return null
  const handle = Buffer.from(secretsOf(needs.config).handleOf(passkey.account_id))
  const { userHandle } = answer.response
  // Given whenever the passkey says who it is (§7.2, step 6), and then it must say the same as we do.
  if (userHandle ? userHandle !== handle.toString('base64url') : given.account === null) return null

  const verified = await verify(needs, { ...given, answer, passkey })
  if (!verified) return null
  const { challenge, until, counter, isSynced } = verified
  return {
    account: passkey.account_id,
    isSynced,
    use: async (tx) =>
      (await spendChallenge(tx, challenge, until)) &&
      (await noteUse(tx, { id: passkey.id, counter, isSynced })),
  }
}

async function verify(
  { config }: AuthenticatorNeeds,
  given: { place: Place; answer: Assertion; passkey: PasskeyRow; now: Date },
) {
  const { answer, passkey, place, now } = given
  const asked: { challenge: Buffer; until: Date }[] = []
  const { userHandle, ...response } = answer.response
  try {
    const { verifyAuthenticationResponse } = await library()
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: {
        ...answer,
        response: { ...response, ...(userHandle && { userHandle }) },
      },
      expectedChallenge: (challenge) => {
        const until = secretsOf(config).readChallenge(challenge, `get:${place}`, now)
        if (until) asked.push({ challenge: Buffer.from(challenge, 'base64url'), until })
        return until !== null
      },
      expectedOrigin: config.PUBLIC_URL.origin,
      expectedRPID: config.PUBLIC_URL.hostname,
      requireUserVerification: true,
      credential: {
        id: passkey.credential_id.toString('base64url'),
        publicKey: new Uint8Array(passkey.public_key),
        counter: Number(passkey.counter),
      },
    })
    const [question] = asked
    if (!verified || !question) return null
    return {
      ...question,
      counter: authenticationInfo.newCounter,
      isSynced: authenticationInfo.credentialDeviceType === 'multiDevice',
    }
  } catch {
    // The library throws for every reason an answer can be wrong: each of them is « not this passkey ».
    return null
  }
}

/** What a browser needs to make a passkey: kept by the device, unlocked by its person. */
export async function askToMakePasskey(
  needs: AuthenticatorNeeds,
  asked: {
    readonly place: Place
    readonly account: string
    /** What the device shows when it asks with which account. */
    readonly login: string
    readonly name: string
    readonly now: Date
  },
): Promise<object> {
  const secrets = secretsOf(needs.config)
  const known = await listPasskeys(needs.db, asked.account)
  const { generateRegistrationOptions } = await library()
  return generateRegistrationOptions({
    rpName: 'MyANM',
    rpID: needs.config.PUBLIC_URL.hostname,
    userID: secrets.handleOf(asked.account),
    userName: asked.login,
    userDisplayName: asked.name,
    challenge: secrets.newChallenge(`create:${asked.place}`, asked.now),
    attestationType: 'none',
    supportedAlgorithmIDs: ALGORITHMS,
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    excludeCredentials: known.map(({ credential_id: id, transports }) => ({
      id: id.toString('base64url'),
      transports: [...transports],
    })),
  })
}

export type NewPasskey =
  | { readonly made: true; readonly isSynced: boolean }
  | { readonly made: false; readonly because: 'refused' | 'known' | 'too-many' }

/** Checks a passkey that was just made; nothing is kept yet. Null when it is not what was asked for. */
export async function checkNewPasskey(
  { config }: AuthenticatorNeeds,
  given: { readonly place: Place; readonly answer: string; readonly now: Date },
): Promise<
  ((tx: Tx<Tables>, as: { account: string; name: string }) => Promise<NewPasskey>) | null
> {
  const { place, now } = given
  const answer = readAttestation(given.answer)
  if (!answer) return null
  const asked: { challenge: Buffer; until: Date }[] = []
  let verified: VerifiedRegistrationResponse
  try {
    const { verifyRegistrationResponse } = await library()
    verified = await verifyRegistrationResponse({
      response: answer as Parameters<typeof verifyRegistrationResponse>[0]['response'],
      expectedChallenge: (challenge) => {
        const until = secretsOf(config).readChallenge(challenge, `create:${place}`, now)
        if (until) asked.push({ challenge: Buffer.from(challenge, 'base64url'), until })
        return until !== null
      },
      expectedOrigin: config.PUBLIC_URL.origin,
      expectedRPID: config.PUBLIC_URL.hostname,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    })
  } catch {
    // As above: whatever the library throws, this is not the passkey we asked for.
    return null
  }
  const [question] = asked
  if (!verified.verified || !question) return null
  const { credential, credentialDeviceType } = verified.registrationInfo
  const isSynced = credentialDeviceType === 'multiDevice'

  return async (tx, { account, name }) => {
    await lockAccount(tx, account)
    const { passkeys } = await secondFactorsOf(tx, account)
    if (passkeys.length >= MOST_PASSKEYS) return { made: false, because: 'too-many' }
    if (!(await spendChallenge(tx, question.challenge, question.until))) {
      return { made: false, because: 'refused' }
    }
    const isNew = await savePasskey(tx, {
      account,
      credentialId: Buffer.from(credential.id, 'base64url'),
      publicKey: Buffer.from(credential.publicKey),
      counter: credential.counter,
      transports: answer.response.transports,
      isSynced,
      name: [...name].slice(0, LONGEST_NAME).join(''),
    })
    return isNew ? { made: true, isSynced } : { made: false, because: 'known' }
  }
}
