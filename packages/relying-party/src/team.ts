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

/** Some of the team of the organisation acted for, as MyANM knows them now. */
export interface Colleagues {
  /** Undefined for who has left, and for everybody while MyANM is away. */
  find(sub: string): Member | undefined
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

/** Asked about at once, at most: MyANM answers no more. */
const MOST = 50

/**
 * Who these are, asked in the person's name: those a page names, never the whole team. A name is a
 * comfort, not a condition: when MyANM cannot say, the page does without.
 */
export async function colleaguesOf(
  ctx: Context,
  myanm: Pick<RelyingParty, 'api' | 'person'>,
  subs: Iterable<string>,
): Promise<Colleagues> {
  const own = myanm.person(ctx)?.sub
  const asked = [...new Set(subs)].filter((sub) => sub !== own).slice(0, MOST)
  // Whoever asks knows their own name.
  if (asked.length === 0) return { find: () => undefined }
  const query = new URLSearchParams({ sub: asked.join(',') })
  const members = await readMembers(ctx, myanm, query)
  const bySub = new Map(members.map((member) => [member.sub, member]))
  return { find: (sub) => bySub.get(sub) }
}

/** Who leads the organisation acted for; undefined when nobody does, and when MyANM cannot say. */
export async function managerOf(
  ctx: Context,
  myanm: Pick<RelyingParty, 'api'>,
): Promise<Member | undefined> {
  const [manager] = await readMembers(ctx, myanm, new URLSearchParams({ role: 'GESTIONNAIRE' }))
  return manager
}

async function readMembers(
  ctx: Context,
  myanm: Pick<RelyingParty, 'api'>,
  query: URLSearchParams,
): Promise<readonly Member[]> {
  try {
    const answer = answerOfMyAnm.safeParse(await myanm.api(ctx, `/api/equipe?${query}`))
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
