import type { Banner } from '@myanm/ui'
import type { Visit } from './visit.ts'

/**
 * Who is signed in and in whose name they act, for the top of every page (M6, M11, X4). Null when
 * nobody has looked yet: a page about a request that went wrong before says nothing rather than wrong.
 */
export function bannerFor(
  visit: Visit | undefined,
  around: {
    readonly signInUrl: string
    readonly registerUrl: string
    readonly switchUrl: string
    readonly accountUrl: string
  },
): Banner | null {
  if (!visit) return null
  const { signInUrl, registerUrl, switchUrl, accountUrl } = around
  const person = visit.session?.person
  if (!person) return { kind: 'anonymous', signInUrl, registerUrl }
  const { name, organisation, accountType } = person
  return {
    kind: 'person',
    name,
    ...(organisation && { organisation: organisation.name }),
    // A particulier is linked to no organisation (5.1): there is nothing to change to.
    ...((organisation || accountType !== 'particulier') && { switchUrl }),
    accountUrl,
    signOutUrl: '/deconnexion',
  }
}
