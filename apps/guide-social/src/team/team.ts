import { Problem } from '@myanm/chassis'
import { isRole, type Role } from '@myanm/permissions'
import type { RelyingParty } from '@myanm/relying-party'
import type { Context } from 'koa'
import { z } from 'zod'

/** A colleague: identity, e-mail and role, nothing else (P18, P19). */
export interface Member {
  readonly sub: string
  readonly name: string
  readonly email?: string
  readonly role: Role
}

/** The team of the organisation acted for, as MyANM knows it now. */
export interface Team {
  /** Undefined for who has left, and for everybody while MyANM is away. */
  readonly find: (sub: string) => Member | undefined
  readonly manager: Member | undefined
}

const answerOfMyAnm = z.object({
  members: z.array(
    z.object({
      sub: z.string().min(1),
      name: z.string().min(1),
      email: z.email().optional().catch(undefined),
      role: z.string().refine(isRole),
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
    return answer.success ? (answer.data.members as readonly Member[]) : []
  } catch (error) {
    if (Problem.is(error)) return []
    throw error
  }
}
