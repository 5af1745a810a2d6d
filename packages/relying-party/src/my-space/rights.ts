import { translate } from '@myanm/chassis'
import {
  type ActionKey,
  type Allowed,
  type Decision,
  outlook,
  type Refused,
  type Role,
} from '@myanm/permissions'
import type { Context } from 'koa'
import type { Person } from '../api.ts'

/** One thing a person may do on a site, or not, and why. */
export interface Right {
  /** « Publier une offre d’emploi ». */
  readonly text: string
  readonly allowed: boolean
  /** How far the right goes, or what it would take. */
  readonly note?: string
  /** The least role that has it, when that is what is missing; the note leads up to it. */
  readonly role?: { readonly role: Role; readonly label: string }
  /** It is open to who acts for an organisation, and this person acts for none. */
  readonly forOrganisation?: true
  /** What stays possible all the same. */
  readonly instead?: string
}

/** What the matrix says of these actions for this person, in the words every site uses. */
export function matrixRights(
  ctx: Context,
  person: Person,
  actions: readonly ActionKey[],
): readonly Right[] {
  return actions.map((action) => {
    const decision = outlook(person.actor, action)
    const text = capitalised(translate(ctx, `action.${action}`))
    return { text, allowed: decision.allowed, ...detailsOf(ctx, person, decision) }
  })
}

type Details = Pick<Right, 'note' | 'role' | 'forOrganisation' | 'instead'>

function detailsOf(ctx: Context, person: Person, decision: Decision): Details {
  return decision.allowed ? extentOf(ctx, decision) : refusalOf(ctx, person, decision)
}

function extentOf(ctx: Context, { extent, within }: Allowed): Details {
  const key = extent ? `extent.${extent}` : within && `within.${within}`
  return key === undefined ? {} : { note: capitalised(translate(ctx, key)) }
}

/** Why not, in the person's terms: what they would have to be, or to act as. */
function refusalOf(ctx: Context, { organisation }: Person, refused: Refused): Details {
  const { because, needs, instead } = refused
  const reason = reasonOf(because, needs?.profiles ?? [])
  const role = because === 'role-too-low' ? needs?.role : undefined
  return {
    note: translate(ctx, `my-space.because.${reason}`, { organisation: organisation?.name ?? '' }),
    ...(role && { role: { role, label: translate(ctx, `role.${role}`) } }),
    ...((because === 'needs-organisation' || because === 'profile') && { forOrganisation: true }),
    ...(instead && { instead: translate(ctx, `my-space.instead.${instead}`) }),
  }
}

function reasonOf(because: Refused['because'], profiles: readonly string[]): string {
  switch (because) {
    case 'profile':
      return profiles.includes('independant') ? 'profile-independant' : 'profile-organisme'
    case 'role-too-low':
    case 'needs-organisation':
    case 'service-closed':
    case 'in-own-name-only':
    case 'needs-subscription':
    case 'to-check':
      return because
    default:
      return 'otherwise'
  }
}

/** The catalogue has verbs as they stand within a sentence. */
function capitalised(text: string): string {
  return text.charAt(0).toLocaleUpperCase('fr') + text.slice(1)
}
