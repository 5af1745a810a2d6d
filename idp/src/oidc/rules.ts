import { isRole, type Role } from '@myanm/permissions'
import { isOneOfOurSites } from '#rules/clients'

/** One proof of who somebody is (NIST SP 800-63B-4 §2.1): a password. */
export const AAL1 = 'urn:myanm:aal:1'
/** Two proofs of different kinds, or a passkey that checked the person itself (§2.2). */
export const AAL2 = 'urn:myanm:aal:2'

/** What `acr` may say, the weakest first: whoever has a level has those before it. */
export const LEVELS = [AAL1, AAL2] as const
export type Level = (typeof LEVELS)[number]

/** How sure we are of somebody, by what they proved (RFC 8176: « mfa » is said when two kinds were). */
export function levelOf(amr: readonly string[]): Level {
  return amr.includes('mfa') ? AAL2 : AAL1
}

/** Whether a sign-in of this level is enough; none at all never is. */
export function reaches(acr: string | null | undefined, wanted: Level): boolean {
  return LEVELS.indexOf(acr as Level) >= LEVELS.indexOf(wanted)
}

/** What a request says of the level: `acr_values`, and « acr » among the claims (OIDC Core 5.5.1.1). */
export interface AskedLevel {
  readonly acrValues: string | undefined
  readonly claim: {
    readonly essential?: unknown
    readonly value?: unknown
    readonly values?: unknown
  } | null
}

/**
 * The level a request wants, or null when it does not care. Any value it names will do, so the weakest
 * of them is asked of the person; what is not a level of ours is nobody's wish, unless essential.
 */
export function levelAsked({ acrValues, claim }: AskedLevel): Level | null {
  const essential = claim?.essential === true ? namedIn(claim) : []
  const named = [...essential, ...(acrValues?.split(' ') ?? [])]
  // An essential claim stands before what would only be preferred.
  const wanted = essential.length > 0 ? essential : named
  return LEVELS.find((level) => wanted.includes(level)) ?? null
}

/** Whether an essential « acr » names no level we have: it can never be met, and is said so at once. */
export function isOutOfReach(claim: AskedLevel['claim']): boolean {
  if (claim?.essential !== true) return false
  const named = namedIn(claim)
  return named.length > 0 && !named.some((value) => LEVELS.includes(value as Level))
}

function namedIn(claim: NonNullable<AskedLevel['claim']>): string[] {
  return [claim.value, ...(Array.isArray(claim.values) ? claim.values : [])].filter(
    (value): value is string => typeof value === 'string',
  )
}

/** How a request may ask for one claim (OIDC Core 5.5.1). */
interface AskedClaim {
  readonly essential?: boolean
  readonly value?: string | number
  readonly values?: readonly (string | number)[]
}

/** What a request may say with `claims`; everything else is told by scopes (OIDC Core 5.5). */
const HEARD = ['acr', 'auth_time', 'sub'] as const

export type HeardClaims = Readonly<Partial<Record<(typeof HEARD)[number], AskedClaim | null>>>

/**
 * Of the claims a request asks for in an id_token, those that say how the sign-in must be, with what
 * the standard gives a meaning; null when one of them is written as none can be. A NUL byte or half a
 * character, escaped in JSON where no door sees them, are no text PostgreSQL would take back (F37).
 */
export function heardOf(asked: Readonly<Record<string, unknown>>): HeardClaims | null {
  const named = HEARD.filter((name) => asked[name] !== undefined)
  if (!named.every((name) => asked[name] === null || isClaim(asked[name]))) return null
  return Object.fromEntries(
    named.map((name) => {
      const claim = asked[name] as AskedClaim | null
      if (claim === null) return [name, null]
      const { essential, value, values } = claim
      return [
        name,
        {
          ...(essential !== undefined && { essential }),
          ...(value !== undefined && { value }),
          ...(values !== undefined && { values }),
        },
      ]
    }),
  )
}

function isClaim(claim: unknown): claim is AskedClaim {
  if (typeof claim !== 'object' || claim === null || Array.isArray(claim)) return false
  const { essential, value, values } = claim as Readonly<Record<string, unknown>>
  return (
    (essential === undefined || typeof essential === 'boolean') &&
    (value === undefined || isClaimValue(value)) &&
    (values === undefined || (Array.isArray(values) && values.every(isClaimValue)))
  )
}

function isClaimValue(value: unknown): boolean {
  if (typeof value === 'number') return true
  return typeof value === 'string' && value.isWellFormed() && !value.includes('\u0000')
}

/**
 * The level a sign-in needs: what the site asks for, and two proofs from whoever has set up a second
 * one: a password alone is then never enough, whichever site asks (ASVS 6.3.4).
 */
export function requiredLevel(given: {
  readonly asked: Level | null
  readonly hasSecondFactor: boolean
}): Level {
  return given.asked === AAL2 || given.hasSecondFactor ? AAL2 : AAL1
}

/** In one's own name, as the request parameter `organisation` says it (7.4). */
export const PERSONAL = 'personnel'
/** For an organisation, whichever: for what nobody does in their own name (ahead 2). */
export const ANY_ORGANISATION = 'organisme'

/** What a site says it needs with a request: to act for an organisation, with at least a role. */
export interface Need {
  /** Null when any role will do. */
  readonly role: Role | null
}

/** What a request needs of whom one acts for; null when it leaves that to the person. */
export function needOf(params: {
  readonly organisation?: unknown
  readonly minimum_role?: unknown
}): Need | null {
  const { organisation, minimum_role: role } = params
  if (isRole(role)) return { role }
  return organisation === ANY_ORGANISATION ? { role: null } : null
}

/**
 * What is wrong with a need, in the words a developer is told; null for one that can be met. What names
 * an organisation is not judged here: of one's own, of others and of nobody, all get the same answer.
 */
export function mistakeInNeed(params: {
  readonly organisation?: unknown
  readonly minimum_role?: unknown
  readonly page?: unknown
}): string | null {
  const { organisation, minimum_role: role, page } = params
  if (role !== undefined && !isRole(role)) {
    return 'minimum_role must be LECTEUR, COLLABORATEUR, RESPONSABLE or GESTIONNAIRE'
  }
  if (role !== undefined && organisation === PERSONAL) {
    return 'minimum_role is a role in an organisation: it cannot go with organisation=personnel'
  }
  if (page !== undefined && pageAtSite(page) === null) {
    return 'page must be a path of the site, such as /publier/emploi'
  }
  return null
}

/** Longest path kept to come back to, in characters. */
const LONGEST_PAGE = 2000

/**
 * A path of the asking site, as a browser reads it; null for anything that would lead elsewhere:
 * `//evil.example`, `/\\evil.example`, `/.//evil.example` (RFC 9700 §4.11).
 */
export function pageAtSite(page: unknown): string | null {
  if (typeof page !== 'string' || !page.startsWith('/') || page.length > LONGEST_PAGE) return null
  const here = 'http://here.invalid'
  const address = URL.parse(page, here)
  if (address === null || address.origin !== here || address.pathname.startsWith('//')) return null
  return `${address.pathname}${address.search}`
}

/** A client, as far as it says where one goes on at it. */
export interface Destination {
  readonly clientId: string
  /** Where it begins, as it is registered. */
  readonly homeUri: string | null
  readonly redirectUris: readonly string[]
}

/**
 * The way back into a site, days after it sent somebody here: to the page they wanted, for the
 * organisation that lets them in. Made of what the site has registered and a path of it: what a request
 * or an address says never names the place (F31, RFC 9700 §4.11). The sites of the house are entered by
 * the door they share, which acts for the organisation from the first page; any other one is led to its
 * own page, and asks for what it needs as it did before.
 * @returns null for a client that has registered no such place
 */
export function wayInto(
  { clientId, homeUri, redirectUris }: Destination,
  to: { readonly organisation: string | null; readonly page: string | null },
): string | null {
  const origin = originOf(homeUri, redirectUris)
  const page = pageAtSite(to.page)
  if (origin === null) return null
  if (!isOneOfOurSites(clientId)) return page === null ? homeUri : new URL(page, origin).href
  if (to.organisation === null) return homeUri
  const address = new URL('/connexion', origin)
  address.search = new URLSearchParams({
    organisation: to.organisation,
    ...(page !== null && { retour: page }),
  }).toString()
  return address.href
}

/**
 * Where a client is on the web: where it begins, or the one place all its answers go to. What runs on
 * somebody's own machine has none: a scheme of its own, a loopback address (RFC 8252 §7).
 */
function originOf(homeUri: string | null, redirectUris: readonly string[]): string | null {
  const home = homeUri === null ? null : URL.parse(homeUri)
  if (home) return /^https?:$/.test(home.protocol) ? home.origin : null
  const origins = new Set(redirectUris.map((uri) => URL.parse(uri)?.origin))
  const [only] = origins
  return origins.size === 1 && only?.startsWith('https://') ? only : null
}
