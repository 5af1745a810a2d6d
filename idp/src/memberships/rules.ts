import type { ActionKey, Actor, Person } from '@myanm/permissions'
import type { Standing } from '#accounts'

/** A person acting for the organisation whose pages they are on, as the rights see them. */
export function actorOf(standing: Standing): Person {
  const { account, organisation } = standing
  return {
    kind: 'person',
    accountType: account.type,
    accountActive: account.state === 'active',
    ...(organisation && {
      organisation: {
        id: organisation.id,
        name: organisation.name,
        role: organisation.role,
        kind: organisation.kind,
        nonprofit: organisation.nonprofit,
        legalForm: organisation.legal_form,
        options: organisation.options,
        // `standing` tells of running memberships in open organisations only.
        active: true,
        linkActive: true,
      },
    }),
  } satisfies Actor
}

/**
 * The pages of an organisation, in the order they are named beside each of them, and what somebody must
 * be allowed to do to be shown each (5.3).
 */
export const ORGANISATION_PAGES = [
  { key: 'overview', path: '', needs: 'org.read' },
  { key: 'data', path: '/donnees', needs: 'org.read' },
  { key: 'team', path: '/equipe', needs: 'team.read' },
  { key: 'invitations', path: '/equipe/inviter', needs: 'team.invite' },
  { key: 'requests', path: '/equipe/demandes', needs: 'join.decide' },
  { key: 'review', path: '/equipe/revue', needs: 'team.role' },
  { key: 'manager', path: '/gestionnaire', needs: 'team.read' },
  { key: 'journal', path: '/journal', needs: 'org.journal' },
] as const satisfies readonly {
  readonly key: string
  readonly path: string
  readonly needs: ActionKey
}[]

export type OrganisationPage = (typeof ORGANISATION_PAGES)[number]['key']
