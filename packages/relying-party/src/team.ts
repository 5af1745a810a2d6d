import { Problem } from '@myanm/chassis'
import { isRole, type Role } from '@myanm/permissions'
import type { Context } from 'koa'
import { z } from 'zod'
import type { RelyingParty } from './api.ts'

/** A colleague: identity, e-mail and role, nothing else (P18, P19). */
export interface Member {
  /** The account, under the name this sector of sites knows it by. */
  readonly sub: string
  readonly name: string
  readonly email?: string
  readonly role: Role
}

/** The team of the organisation acted for, as MyANM knows it now. */
export interface Team {
  /** Undefined for who has left, and for everybody while MyANM is away. */
  find(sub: string): Member | undefined
  readonly manager: Member | undefined
}

const answerOfMyAnm = z.object({
  members: z.array(
    z.object({
      sub: z.string().min(1),
      name: z.string().min(1),
      email: z.email().nullish().catch(undefined),
      role: z.custom<Role>(isRole),
    }),
  ),
})

/**
 * Reads the team in the person's name. A name is a comfort, not a condition: when MyANM cannot say, the
 * page does without.
 */
export async function teamOf(ctx: Context, myanm: Pick<RelyingParty, 'api'>): Promise<Team> {
  const members = await readMembers(ctx, myanm)
  const bySub = new Map(members.map((member) => [member.sub, member]))
  return {
    find: (sub) => bySub.get(sub),
    manager: members.find(({ role }) => role === 'GESTIONNAIRE'),
  }
}

async function readMembers(
  ctx: Context,
  myanm: Pick<RelyingParty, 'api'>,
): Promise<readonly Member[]> {
  try {
    const answer = answerOfMyAnm.safeParse(await myanm.api(ctx, '/api/equipe'))
    if (!answer.success) return []
    return answer.data.members.map(({ email, ...member }) => ({
      ...member,
      ...(email && { email }),
    }))
  } catch (error) {
    if (Problem.is(error)) return []
    throw error
  }
}
