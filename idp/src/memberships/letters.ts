import { formatCompanyNumber } from '@myanm/chassis'
import type { Tx } from '@myanm/database'
import type { Role } from '@myanm/permissions'
import { post } from '#mail'
import { findOrganisation } from '#organisations'
import { nameInMail } from '#rules/mail'
import type { Tables } from '../tables.ts'
import { showDay } from './rules.ts'

/**
 * How a letter names an organisation. Somebody chose that name: one that reads like an address or a
 * telephone number is not repeated in our mails, the company number stands in its place (F32).
 */
async function organisationInMail(tx: Tx<Tables>, id: string): Promise<string> {
  const organisation = await findOrganisation(tx, { id })
  const name = nameInMail(organisation?.name ?? null)
  if (name !== null) return name
  return organisation?.bce
    ? `l’organisme ${formatCompanyNumber(organisation.bce)}`
    : 'votre organisme'
}

/** ML14: somebody has another role, or has it for another time. */
export async function tellRole(
  tx: Tx<Tables>,
  told: {
    readonly organisation: string
    readonly account: string
    readonly before: Role
    readonly role: Role
    readonly lastDay: string | null
  },
): Promise<void> {
  const { organisation, account, before, role, lastDay } = told
  await post(tx, {
    code: 'role-changed',
    account,
    details: {
      organisation: await organisationInMail(tx, organisation),
      organisationId: organisation,
      role,
      before: before === role ? 'same' : before,
      until: lastDay === null ? 'none' : showDay(lastDay),
    },
  })
}

/** ML15: somebody is no longer of the team, however that came. */
export async function tellEnd(
  tx: Tx<Tables>,
  told: { readonly organisation: string; readonly account: string },
): Promise<void> {
  const { organisation, account } = told
  await post(tx, {
    code: 'membership-ended',
    account,
    details: { organisation: await organisationInMail(tx, organisation) },
  })
}

/** A review of the roles begins, waits, or waits for too long. */
export async function tellReview(
  tx: Tx<Tables>,
  told: {
    readonly organisation: string
    readonly to: readonly string[]
    readonly what: 'opened' | 'reminder' | 'escalated'
  },
): Promise<void> {
  const { organisation, to, what } = told
  const details = {
    organisation: await organisationInMail(tx, organisation),
    organisationId: organisation,
    what,
  }
  for (const account of to) await post(tx, { code: 'members-review', account, details })
}
