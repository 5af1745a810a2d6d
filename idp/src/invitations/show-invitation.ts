import { allowFormAction, render, type Typed } from '@myanm/chassis'
import type { Context } from 'koa'
import { type Account, findByIdentifier, listProvenAddresses } from '#accounts'
import { findMembership, findOrganisation, type Organisation } from '#organisations'
import { displayName, identifierKey, maskedEmail } from '#rules/accounts'
import { bannerOf, type Visit } from '#visits'
import { findInviter, type Inviter, isSupported } from './inviter.ts'
import { landingOf } from './landing.ts'
import type { InvitationNeeds } from './needs.ts'
import { type Standpoint, standpointOf } from './rules.ts'
import type { Invitation } from './store.ts'

/** An invitation in front of somebody, with all that decides what they can do about it. */
export interface InFront {
  readonly invitation: Invitation
  readonly organisation: Organisation
  readonly inviter: Inviter | undefined
  readonly visit: Visit | null
  /** Whose account the invited address leads to, for whoever came by its mail. */
  readonly holder: Account | undefined
  readonly standpoint: Standpoint
  /** Whether the person signed in is of the team already. */
  readonly isMember: boolean
  readonly isOpen: boolean
}

/** Looks at an invitation without changing anything: whoever opens links for a living changes nothing. */
export async function lookAt(
  { db }: Pick<InvitationNeeds, 'db'>,
  seen: { readonly invitation: Invitation; readonly visit: Visit | null; readonly now: Date },
): Promise<InFront | null> {
  const { invitation, visit, now } = seen
  const organisation = await findOrganisation(db, { id: invitation.organisation })
  if (!organisation) return null
  const account = visit?.account ?? null
  const inviter = await findInviter(db, {
    account: invitation.invitedBy,
    organisation: organisation.id,
  })
  const holder = await findByIdentifier(db, invitation.email)
  const proven = account === null ? [] : await listProvenAddresses(db, account)
  const membership =
    account === null
      ? undefined
      : await findMembership(db as never, { organisation: organisation.id, account })
  return {
    ...{ invitation, organisation, inviter, visit, holder },
    standpoint: standpointOf({
      isSignedIn: visit !== null,
      isOwn: proven.includes(identifierKey(invitation.email)),
      holder: holder?.state ?? null,
    }),
    isMember: membership !== undefined,
    isOpen:
      invitation.state === 'pending' &&
      invitation.expiresAt > now &&
      organisation.state !== 'closed' &&
      isSupported(inviter, invitation.role),
  }
}

/** What somebody is shown: who invites, to what, as what, what colleagues will see, and one thing to do. */
export async function showInvitation(
  ctx: Context,
  needs: Pick<InvitationNeeds, 'db' | 'engine'>,
  shown: {
    readonly inFront: InFront
    /** Below which its forms are. */
    readonly path: string
    readonly form?: { readonly typed: Typed; readonly errors: Readonly<Record<string, string>> }
  },
): Promise<void> {
  const { inFront, path, form = { typed: {}, errors: {} } } = shown
  const { invitation, organisation, inviter, visit, standpoint, holder } = inFront
  const landing = await landingOf(needs, {
    ...invitation,
    organisation: organisation.id,
    account: visit?.account ?? null,
  })
  // Browsers hold every redirect of a form to the policy of its page: this one ends at the site.
  if (landing.site) allowFormAction(ctx, landing.site.origin)
  const me = visit?.standing.account
  const makesPassword = standpoint === 'new' || standpoint === 'legacy'
  if (Object.keys(form.errors).length > 0) ctx.status = 422
  if (!inFront.isOpen && !inFront.isMember) ctx.status = 410
  render(ctx, 'invitations/pages/invitation.njk', {
    banner: bannerOf(visit),
    path,
    form,
    landing,
    standpoint,
    isMember: inFront.isMember,
    over: inFront.isOpen ? null : reasonOf(inFront),
    organisation: organisation.name,
    inviter: inviter?.name ?? '',
    role: invitation.role,
    message: inFront.isOpen ? invitation.message : null,
    expiresAt: invitation.expiresAt,
    address: invitation.email,
    masked: maskedEmail(invitation.email),
    // Whoever signs in after this moment has changed accounts.
    since: visit?.session.signedInAt.getTime() ?? 0,
    // Whether the link is in the right hands is not known before somebody signs in, or begins.
    seen: me?.email ?? (makesPassword ? invitation.email : maskedEmail(invitation.email)),
    me: me ? { id: me.id, email: me.email ?? '', name: displayName(me) } : null,
    // Only whoever reads the mailbox sees the name its old account has.
    known: standpoint === 'legacy' && holder?.given_name ? displayName(holder) : null,
  })
}

/** Why it can no longer be answered: what the page says, and what it offers instead. */
function reasonOf({ invitation, organisation }: InFront): string {
  if (invitation.state !== 'pending') return invitation.state
  if (organisation.state === 'closed') return 'cancelled'
  return invitation.expiresAt <= new Date() ? 'expired' : 'unsupported'
}
