import { type Db, type Tx, transact } from '@myanm/database'
import { atLeast } from '@myanm/permissions'
import { record } from '#journal'
import {
  findManager,
  findMembership,
  findOrganisation,
  lockOrganisation,
  renameOrganisation,
  saveLegalForm,
  setOption,
} from '#organisations'
import type { Tables } from '../tables.ts'
import { saveBilling, saveDescription, saveSeat } from './profile-store.ts'
import { settleChange } from './register-change-store.ts'
import type { Billing, Described, What } from './rules.ts'

type Outcome =
  | 'changed'
  /** Somebody else saved meanwhile (E40). */
  | 'clash'
  | 'not-allowed'

interface Changing {
  readonly organisation: string
  readonly account: string
}

interface Change extends Changing {
  /** Of what they were shown. */
  readonly version: number
}

/** What the organisation is called, where it is and how to reach it (P15). */
export function changeDescription(
  needs: { readonly db: Db<Tables> },
  change: Change & { readonly told: Described },
): Promise<Outcome> {
  const { organisation, account: by, told } = change
  return changeAs(needs, { ...change, what: 'description' }, async (tx) => {
    if (!(await renameOrganisation(tx, { ...change, ...told }))) return 'clash'
    await saveDescription(tx, { organisation, by, told })
    return 'changed'
  })
}

/** Whom invoices are for, and where they go (4.2.10). */
export function changeBilling(
  needs: { readonly db: Db<Tables> },
  change: Change & { readonly told: Billing },
): Promise<Outcome> {
  const { organisation, account: by, told } = change
  return changeAs(needs, { ...change, what: 'billing' }, async (tx) => {
    const before = await findOrganisation(tx, { id: organisation })
    if (!before || !(await renameOrganisation(tx, { ...before, ...change }))) return 'clash'
    await saveBilling(tx, { organisation, by, told })
    return 'changed'
  })
}

/**
 * One change after the other: who may is read again behind the lock.
 * @returns `not-allowed` when their role is another by now, or they are no longer of the team (E14, E41)
 */
export function changeAs<Otherwise extends string>(
  { db }: { readonly db: Db<Tables> },
  change: Changing & { readonly what: string },
  write: (tx: Tx<Tables>) => Promise<'changed' | Otherwise>,
): Promise<'changed' | 'not-allowed' | Otherwise> {
  const { organisation, account, what } = change
  return transact(db, async (tx) => {
    const locked = await lockOrganisation(tx, organisation)
    const membership = locked && (await findMembership(tx, change))
    if (!membership || !atLeast(membership.role, 'RESPONSABLE')) return 'not-allowed'
    const outcome = await write(tx)
    if (outcome === 'changed') {
      await record(tx, { event: 'organisation-changed', organisation, account, details: { what } })
    }
    return outcome
  })
}

/** Footnote 1 of 5.3: the GESTIONNAIRE widens what COLLABORATEURS may do with each other's ads (D1). */
export const COLLEAGUES_ADS = 'collaborateur_edits_colleagues_ads'

/** @returns false for who does not lead any more */
export function changeOption(
  { db }: { readonly db: Db<Tables> },
  change: {
    readonly organisation: string
    readonly account: string
    readonly to: 'on' | 'off'
  },
): Promise<boolean> {
  const { organisation, account, to } = change
  return transact(db, async (tx) => {
    await lockOrganisation(tx, organisation)
    if ((await findManager(tx, organisation))?.account !== account) return false
    await setOption(tx, { organisation, option: COLLEAGUES_ADS, to })
    await record(tx, {
      event: 'organisation-changed',
      organisation,
      account,
      details: { what: 'option', option: COLLEAGUES_ADS, to },
    })
    return true
  })
}

export type Decided =
  | { readonly is: 'applied' | 'set-aside'; readonly what: What }
  | { readonly is: 'settled-already' | 'not-allowed' }

/**
 * The GESTIONNAIRE takes a change of the register over, or leaves it (4.5). That an organisation has
 * ceased is only acknowledged: the team closes it with them (P32). A legal form is taken over as the register
 * has it; whether the organisation is marchand or not, which decides on services too, stays as it is until
 * the team corrects it (M39).
 */
export function decideOnChange(
  { db }: { readonly db: Db<Tables> },
  decision: {
    readonly id: string
    readonly organisation: string
    readonly account: string
    readonly state: 'applied' | 'set-aside'
  },
): Promise<Decided> {
  const { id, organisation, account, state } = decision
  return transact(db, async (tx) => {
    await lockOrganisation(tx, organisation)
    if ((await findManager(tx, organisation))?.account !== account) return { is: 'not-allowed' }
    const change = await settleChange(tx, { id, organisation, state, by: account })
    if (!change) return { is: 'settled-already' }
    const { what, after, seat } = change
    if (state === 'applied' && what === 'name' && after !== null) {
      const before = await findOrganisation(tx, { id: organisation })
      if (before) await renameOrganisation(tx, { ...before, organisation, name: after })
    }
    if (state === 'applied' && what === 'form') {
      await saveLegalForm(tx, { organisation, legalForm: after })
    }
    if (state === 'applied' && seat) await saveSeat(tx, { organisation, by: account, seat })
    await record(tx, {
      event: state === 'applied' ? 'register-change-applied' : 'register-change-set-aside',
      organisation,
      account,
      details: { what },
    })
    return { is: state, what }
  })
}
