import type { Claim, Person } from '#accounts'
import { TERMS_VERSION } from '#rules/accounts'
import type { RegistrationNeeds } from './needs.ts'
import { place } from './place.ts'
import { claimOf, findRegistration } from './store.ts'
import { untilSettled } from './try-again.ts'
import { writeTo } from './write-to.ts'

export type Registered =
  | { readonly registered: true; readonly registration: string }
  | { readonly registered: false; readonly because: 'login-taken' }

/**
 * Registers somebody: the account, what they agreed to, the proof of their mailbox and its mail are one
 * transaction (M48). Whoever has an account already gets the same answer after the same work, and reads
 * the rest in their mail.
 */
export async function register(
  needs: RegistrationNeeds,
  wish: {
    readonly person: Person
    readonly email: string
    readonly password: string
    readonly newsletters: readonly string[]
    readonly client: string
    readonly journey: string
    readonly previous: string | null
    readonly now: Date
  },
): Promise<Registered> {
  const passwordHash = await needs.passwords.hash(wish.password)
  return settle(needs, {
    ...wish,
    claim: {
      person: wish.person,
      email: wish.email,
      passwordHash,
      client: wish.client,
      terms: { version: TERMS_VERSION, acceptedAt: wish.now },
    },
  })
}

/**
 * Takes the registration of a journey to another address (M49): the link that went to the old one dies.
 * Only that registration: no other journey's, and no account that is open.
 */
export async function correctAddress(
  needs: RegistrationNeeds,
  wish: {
    readonly registration: string
    readonly email: string
    readonly journey: string
    readonly now: Date
  },
): Promise<Registered | null> {
  const known = await findRegistration(needs.db, wish.registration)
  if (!known) return null
  const claim = { ...claimOf(known), email: wish.email }
  const { newsletters } = known
  const done = await settle(needs, { ...wish, claim, newsletters, previous: known.id })
  if (done.registered) return done
  // Somebody took the login meanwhile: the address is what was asked about, and it is corrected.
  const person = { ...claim.person, login: null }
  const again = { ...claim, person }
  return settle(needs, { ...wish, claim: again, newsletters, previous: known.id })
}

async function settle(
  needs: RegistrationNeeds,
  wish: {
    readonly claim: Claim
    readonly newsletters: readonly string[]
    readonly journey: string
    readonly previous: string | null
    readonly now: Date
  },
): Promise<Registered> {
  const { db, limits } = needs
  const mayWrite = await limits.mayWriteTo(wish.claim.email)
  const placed = await untilSettled(
    () =>
      db.transaction().execute(async (tx) => {
        const done = await place(tx, wish)
        if (!done.placed) return done
        const registration = await findRegistration(tx, done.registration)
        if (!registration) throw new Error('A registration has gone while it was being placed')
        await writeTo(tx, needs, { registration, state: done.state, mayWrite, now: wish.now })
        return done
      }),
    (done) => done.placed || done.because !== 'moved',
  )
  if (placed.placed) return { registered: true, registration: placed.registration }
  if (placed.because === 'login-taken') return { registered: false, because: 'login-taken' }
  throw new Error('An account moved each time somebody wanted to wait beside it')
}
