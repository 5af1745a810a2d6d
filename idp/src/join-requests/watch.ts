import { type Db, type Tx, transact } from '@myanm/database'
import { displayName } from '#accounts'
import { record } from '#journal'
import { post } from '#mail'
import { nameInMail } from '#rules/mail'
import type { Tables } from '../tables.ts'
import { stepDue, UNNAMED } from './rules.ts'
import { lockRequest, settleRequest } from './store.ts'
import {
  findWhoAnswers,
  listExpired,
  listResponsables,
  listToTell,
  lockWaiting,
  noteStep,
  noteTold,
  type Waiting,
} from './watch-store.ts'

/** How many are read at a time; a round goes on until there are no more. */
const MANY = 500

interface WatchNeeds {
  readonly db: Db<Tables>
}

/**
 * Tells whoever decides of a request, once; what nobody answers goes one step further each time it is
 * due (ahead 3). Harmless when done twice: what was done is noted with the letter.
 */
export function tellOfRequest({ db }: WatchNeeds, { request }: { request: string }): Promise<void> {
  return transact(db, (tx) => carryOn(tx, request, new Date()))
}

/** Everything that is due: who waits for an answer, and what has waited for too long. */
export async function watchRequests({ db }: WatchNeeds): Promise<void> {
  const failures: unknown[] = []
  const ofAll = async (
    list: typeof listToTell,
    work: (request: string) => Promise<void>,
  ): Promise<void> => {
    let after: string | null = null
    do {
      const page: readonly string[] = await list(db, { after, most: MANY })
      for (const request of page) {
        await work(request).catch((failure: unknown) => failures.push(failure))
      }
      after = page.length < MANY ? null : (page.at(-1) ?? null)
    } while (after !== null)
  }
  await ofAll(listToTell, (request) => tellOfRequest({ db }, { request }))
  await ofAll(listExpired, (request) => transact(db, (tx) => expire(tx, request)))
  // One that fails keeps none of the others waiting; the job says so, and is done again.
  if (failures.length > 0) throw failures[0]
}

async function carryOn(tx: Tx<Tables>, request: string, now: Date): Promise<void> {
  const waiting = await lockWaiting(tx, request)
  // Answered meanwhile, or made to an organisation that is not here.
  if (!waiting) return
  const { organisation, toldAt, done } = waiting
  const manager = await findWhoAnswers(tx, organisation)
  if (toldAt === null) {
    await noteTold(tx, request)
    if (manager) {
      await writeToManager(tx, { waiting, manager: manager.account, reminder: 0 })
      return
    }
  }
  const responsables = await listResponsables(tx, organisation)
  const due = stepDue({
    toldAt: toldAt ?? now,
    done,
    now,
    hasManager: manager !== undefined,
    hasResponsables: responsables.length > 0,
  })
  if (!due) return
  await noteStep(tx, request, due.step)
  if (due.to === 'manager') {
    if (manager) await writeToManager(tx, { waiting, manager: manager.account, reminder: due.step })
    return
  }
  await record(tx, {
    event: 'join-escalated',
    account: waiting.account,
    organisation,
    details: { to: due.to },
  })
  // They can nudge, not decide (P26): the letter says so, and leads to who leads.
  const told = due.to === 'responsables' ? responsables : []
  const lead = manager ? 'somebody' : 'nobody'
  for (const account of told) {
    await post(tx, { code: 'join-waiting', account, details: { ...detailsOf(waiting), lead } })
  }
}

function writeToManager(
  tx: Tx<Tables>,
  letter: { readonly waiting: Waiting; readonly manager: string; readonly reminder: number },
): Promise<unknown> {
  const { waiting, manager, reminder } = letter
  return post(tx, {
    code: 'join-request',
    account: manager,
    details: { ...detailsOf(waiting), reminder },
    once: `join-request:${waiting.id}:${reminder}`,
  })
}

function detailsOf(waiting: Waiting): Record<string, string> {
  const { organisation, organisationName, kind } = waiting
  return {
    kind,
    organisation: nameInMail(organisationName) ?? UNNAMED,
    organisationId: organisation,
    person: nameInMail(displayName({ ...waiting, email: null })) ?? UNNAMED,
  }
}

async function expire(tx: Tx<Tables>, request: string): Promise<void> {
  const held = await lockRequest(tx, request)
  if (held?.state !== 'pending') return
  const { account, organisation, name } = held
  await settleRequest(tx, request, { state: 'expired', by: null })
  await record(tx, { event: 'join-expired', account, organisation })
  await post(tx, {
    code: 'join-refused',
    account,
    details: {
      what: 'expired',
      reason: UNNAMED,
      organisation: nameInMail(name) ?? UNNAMED,
      requestId: request,
    },
  })
}
