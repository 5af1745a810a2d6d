import { setTimeout as pause } from 'node:timers/promises'
import { type Db, transact } from '@myanm/database'
import { createNobody } from '#accounts'
import {
  type Canary,
  changeRole,
  findCanary,
  findCanaryManager,
  findMembership,
  foundCanary,
  lockOrganisation,
} from '#organisations'
import { countLatencies, isSettled, tellEverySite } from '#signals'
import type { Needs } from '../services.ts'
import type { Tables } from '../tables.ts'

const NAME = 'Canari de MyANM (contrôle quotidien)'

/** Longest a change is waited for before it is taken back, in milliseconds. */
const PATIENCE = 10_000

/**
 * Changes the role of a member who is nobody, and changes it back, as any other role is changed: with the
 * organisation held, a line in the journal, a signal, a delivery to every site (ahead 1, e). Tried twice,
 * or killed in between, it is one change more.
 */
export async function flyCanary({ db }: Needs<'db'>): Promise<void> {
  const canary = (await findCanary(db)) ?? (await makeCanary(db))
  const there = await changeOnce(db, canary)
  const giveUp = performance.now() + PATIENCE
  while (there && !(await isSettled(db, there)) && performance.now() < giveUp) await pause(50)
  await changeOnce(db, canary)
  await countLatencies(db)
}

/** The organisation, who leads it and its member, at once or not at all. */
function makeCanary(db: Db<Tables>): Promise<Canary> {
  return transact(db, async (tx) =>
    foundCanary(tx, {
      name: NAME,
      manager: await createNobody(tx, 'Canari de MyANM, gestionnaire'),
      member: await createNobody(tx, 'Canari de MyANM'),
    }),
  )
}

/** @returns the change, on its way to every site */
function changeOnce(db: Db<Tables>, canary: Canary): Promise<string | undefined> {
  const { organisation, member: account } = canary
  return transact(db, async (tx) => {
    await lockOrganisation(tx, organisation)
    const before = await findMembership(tx, { organisation, account })
    await changeRole(tx, {
      ...{ organisation, account },
      by: await findCanaryManager(tx, canary),
      role: before?.role === 'LECTEUR' ? 'COLLABORATEUR' : 'LECTEUR',
      because: 'canary',
    })
    return tellEverySite(tx, account)
  })
}
