import { type Db, type Tx, transact } from '@myanm/database'
import { record } from '#journal'
import { post } from '#mail'
import { findManager, lockOrganisation } from '#organisations'
import { nameInMail } from '#rules/mail'
import { seatOnOneLine } from '#rules/register'
import type { Tables } from '../tables.ts'
import {
  type Compared,
  findCompared,
  listCompared,
  propose,
  remember,
  supersede,
} from './register-change-store.ts'
import { type Finding, findingsOf, seenIn } from './rules.ts'

/** Organisations looked at per statement. */
const PAGE = 500
const FIRST = '00000000-0000-0000-0000-000000000000'

/**
 * After an import of the register: what it says otherwise of our organisations is proposed to their
 * GESTIONNAIRES, never applied silently (specification 4.5). Each organisation is a transaction; cut short
 * or done twice, each change is proposed once, since what was seen is remembered with the proposal.
 */
export async function compareWithRegister({
  db,
}: {
  readonly db: Db<Tables>
}): Promise<{ readonly proposed: number }> {
  let proposed = 0
  for (let after = FIRST; ; ) {
    const page = await listCompared(db, { after, most: PAGE })
    for (const one of page) {
      if (!isNews(one)) continue
      proposed += await transact(db, (tx) => compareOne(tx, one.organisation))
    }
    const last = page.at(-1)
    if (!last || page.length < PAGE) return { proposed }
    after = last.organisation
  }
}

function isNews(one: Compared): boolean {
  const { before } = one
  const now = seenIn(one)
  return (
    before === null ||
    before.name !== now.name ||
    before.seat !== now.seat ||
    before.form !== now.form ||
    before.ceased !== now.ceased
  )
}

/** @returns how many changes were proposed */
async function compareOne(tx: Tx<Tables>, organisation: string): Promise<number> {
  const locked = await lockOrganisation(tx, organisation)
  const one = locked && (await findCompared(tx, organisation))
  if (!one) return 0
  const { place, ...now } = seenIn(one)
  const own = { name: one.name, seat: seatOnOneLine(one), form: one.ownForm }
  const findings = findingsOf({ before: one.before, now, own })
  await remember(tx, organisation, now)
  for (const finding of findings) {
    await supersede(tx, organisation, finding.what)
    if (!finding.propose) continue
    const seat = finding.what === 'seat' ? place : null
    const id = await propose(tx, { organisation, ...finding, seat })
    await record(tx, {
      event: 'register-change-proposed',
      organisation,
      details: { what: finding.what },
    })
    await tell(tx, { organisation, name: one.name, finding, id })
  }
  return findings.filter(({ propose }) => propose).length
}

/** To who decides; of a vacant organisation nobody does yet, and it waits on its page. */
async function tell(
  tx: Tx<Tables>,
  about: {
    readonly organisation: string
    readonly name: string
    readonly finding: Finding
    readonly id: string
  },
): Promise<void> {
  const manager = await findManager(tx, about.organisation)
  if (!manager) return
  await post(tx, {
    code: 'register-change',
    account: manager.account,
    once: `register-change:${about.id}`,
    details: {
      organisation: nameInMail(about.name) ?? 'votre organisme',
      organisationId: about.organisation,
      what: about.finding.what,
    },
  })
}
