import type { Tx } from '@myanm/database'
import { findAccount } from '#accounts'
import { type LetterCode, post } from '#mail'
import { findWaiting } from '#memberships'
import { findOrganisation } from '#organisations'
import { displayName } from '#rules/accounts'
import { nameInMail } from '#rules/mail'
import type { Tables } from '../tables.ts'
import { listAnswerable } from './store.ts'

/** What a letter says in the place of a name that could be bait: its own words (yardsticks F32). */
const NAMELESS = 'none'

/**
 * Tells everybody who answers for an organisation of a step towards another GESTIONNAIRE (ahead 4): who
 * leads, every RESPONSABLE, and those it is about even when they are neither any more. Whoever took over a
 * session cannot propose anything in silence.
 */
export async function announce(
  tx: Tx<Tables>,
  step: {
    readonly code: LetterCode
    readonly organisation: string
    /** Whose name it says. */
    readonly person?: string
    readonly other?: string
    readonly details?: Readonly<Record<string, string>>
    /** Who leads from now on: their letter also says what waits for their answer already. */
    readonly leads?: string
    /** Told as well, whatever they are by now. */
    readonly also?: readonly string[]
    /** Told otherwise. */
    readonly except?: string
    /** Nobody else is told. */
    readonly only?: string
  },
): Promise<void> {
  const { code, organisation, person, other } = step
  const everybody = await listAnswerable(tx, organisation)
  const to =
    step.only === undefined
      ? new Set([...everybody.map(({ account }) => account), ...(step.also ?? [])])
      : [step.only]
  const details = {
    organisationId: organisation,
    organisation: await organisationInMail(tx, organisation),
    person: person === undefined ? NAMELESS : await personInMail(tx, person),
    ...(other !== undefined && { other: await personInMail(tx, other) }),
    ...step.details,
  }
  for (const account of to) {
    if (account === step.except) continue
    const waits = account === step.leads ? await waitsFor(tx, organisation, account) : NOTHING_WAITS
    await post(tx, { code, account, details: { ...details, ...waits } })
  }
}

/** What the letter of everybody else says of it: nothing. */
const NOTHING_WAITS = { waits: NAMELESS, requests: 0, invitations: 0, changes: 0 }

async function waitsFor(tx: Tx<Tables>, organisation: string, account: string) {
  const { requests, invitations, changes } = await findWaiting(tx, { organisation, account })
  const waits = requests + invitations + changes > 0 ? 'some' : 'nothing'
  return { waits, requests, invitations, changes }
}

async function personInMail(tx: Tx<Tables>, account: string): Promise<string> {
  const person = await findAccount(tx, account)
  return nameInMail(person ? displayName({ ...person, email: null }) : null) ?? NAMELESS
}

async function organisationInMail(tx: Tx<Tables>, id: string): Promise<string> {
  const organisation = await findOrganisation(tx, { id })
  return nameInMail(organisation?.name ?? null) ?? NAMELESS
}
