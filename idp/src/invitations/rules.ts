import { decide, type Person, type Role } from '@myanm/permissions'
import { type AccountState, identifierKey, readEmail } from '#rules/accounts'

/** What somebody can be invited as; the GESTIONNAIRE hands over, nobody is invited to lead (8.2). */
export const INVITED_ROLES = [
  'LECTEUR',
  'COLLABORATEUR',
  'RESPONSABLE',
] as const satisfies readonly Role[]
export type InvitedRole = (typeof INVITED_ROLES)[number]

/** Whether somebody may invite to their organisation with this role (P20, P21). */
export function mayGive(actor: Person, role: InvitedRole): boolean {
  const target = { organisationId: actor.organisation?.id ?? null, role }
  const action = role === 'RESPONSABLE' ? 'team.invite.resp' : 'team.invite'
  return decide(actor, action, target).allowed
}

/** The roles somebody chooses from when they invite: a RESPONSABLE gives two of them (E20). */
export const rolesToGive = (actor: Person): readonly InvitedRole[] =>
  INVITED_ROLES.filter((role) => mayGive(actor, role))

/** Whether somebody may cancel an invitation: a RESPONSABLE their own, the GESTIONNAIRE all (P22). */
export function mayCancel(actor: Person, author: 'self' | 'colleague'): boolean {
  const target = { organisationId: actor.organisation?.id ?? null, author }
  return decide(actor, 'team.invite.cancel', target).allowed
}

/** How many at once: what fits on a page that somebody still reads before sending it. */
export const MOST_AT_ONCE = 200
/** Invitations of one organisation in a day, so that nobody sends mail to the world through us. */
export const MOST_A_DAY = 1000
/** Mails of one organisation to one mailbox in a day. */
export const MOST_TO_ONE_A_DAY = 5
/** Pause between two mails of one invitation, in milliseconds (M48). */
export const PAUSE = 60_000

/** One person of a pasted list. */
export interface Entry {
  /** The line it stands on, from 1. */
  readonly line: number
  /** The address, or all there is when there is none, as it was typed. */
  readonly typed: string
  /** Null when it is no address (E33). */
  readonly email: string | null
  /** Null: the role that was chosen for all. */
  readonly role: Role | null
  /** What stands where the role should and is none. */
  readonly unknownRole: string | null
}

const ROLE_WORDS: Readonly<Record<string, Role>> = {
  lecteur: 'LECTEUR',
  lectrice: 'LECTEUR',
  collaborateur: 'COLLABORATEUR',
  collaboratrice: 'COLLABORATEUR',
  responsable: 'RESPONSABLE',
  gestionnaire: 'GESTIONNAIRE',
}

/** The role a word names: « Collaboratrice », « RESPONSABLE ». */
export function readRole(typed: string): Role | null {
  const word = typed.normalize('NFKC').trim().toLowerCase()
  return ROLE_WORDS[word] ?? null
}

/** Of what was pasted, no more is shown than makes it known. */
const LONGEST_SHOWN = 120

/**
 * Reads a list as people have it: a column of addresses, cells from a spreadsheet (« nom; adresse;
 * rôle », with tabs, commas or semicolons), or the recipients of a mail (« Anne <a@x.be>, Luc <l@x.be> »).
 * What stands before an address is a name, and not kept; what stands after it is a role.
 */
export function readList(text: string): readonly Entry[] {
  const lines = text.split(/\r\n|\r|\n/)
  return lines.flatMap((line, index) => {
    if (line.trim() === '' || (index === 0 && isHeading(line))) return []
    return readLine(line).map((entry) => ({ line: index + 1, ...entry }))
  })
}

/** The first line of a spreadsheet: « Nom; E-mail; Rôle ». */
const isHeading = (line: string): boolean =>
  !line.includes('@') && /\b(?:e-?mail|courriel|adresse)\b/i.test(line)

function readLine(line: string): Omit<Entry, 'line'>[] {
  const cells = line
    .split(/[;,\t]/)
    .map((cell) => cell.trim())
    .filter((cell) => cell !== '')
  const entries: { typed: string; after: string[] }[] = []
  // Looked for once: from each cell on, a line of ten thousand would keep everybody waiting for seconds.
  const lastAddress = cells.findLastIndex(hasAddress)
  for (const [index, cell] of cells.entries()) {
    const last = entries.at(-1)
    if (hasAddress(cell)) entries.push({ typed: addressIn(cell), after: [] })
    // Before the first address, or between two: somebody's name.
    else if (last && (readRole(cell) || index > lastAddress)) last.after.push(cell)
  }
  if (entries.length === 0) return [entryOf({ typed: line.trim(), after: [] })]
  return entries.map(entryOf)
}

const hasAddress = (cell: string): boolean => cell.includes('@')

/** « Anne Dupont <anne@exemple.be> », « Anne anne@exemple.be », or the address alone. */
function addressIn(cell: string): string {
  const bracketed = /<([^<>]*)>/.exec(cell)?.[1]
  if (bracketed !== undefined) return bracketed.trim()
  return cell.split(/\s+/).find(hasAddress) ?? cell
}

function entryOf(given: { typed: string; after: readonly string[] }): Omit<Entry, 'line'> {
  const [first, ...more] = given.after
  const role = first === undefined ? null : readRole(first)
  const unknown = first !== undefined && (role === null || more.length > 0)
  return {
    typed: [...given.typed].slice(0, LONGEST_SHOWN).join(''),
    email: readEmail(given.typed.replace(/^mailto:/i, '')),
    role,
    unknownRole: unknown ? [...given.after.join(' ')].slice(0, LONGEST_SHOWN).join('') : null,
  }
}

/** What would become of one line if the list were sent now. */
export type Verdict =
  | 'valid'
  | 'malformed' // E33
  | 'member' // E19
  | 'invited' // E19
  | 'role-too-high' // E20
  | 'never-to-lead'
  | 'role-unknown'
  | 'double'
  | 'too-often'
  | 'too-many'

export interface Judged {
  readonly line: number
  readonly typed: string
  readonly email: string | null
  readonly role: Role
  readonly verdict: Verdict
  readonly unknownRole: string | null
}

/** What the team has already, by the one spelling of an address. */
export interface Known {
  /** Addresses colleagues see of each other; what else leads to their accounts stays theirs (M53). */
  readonly members: ReadonlySet<string>
  readonly invited: ReadonlySet<string>
  /** Who had enough mails of this organisation today. */
  readonly tired: ReadonlySet<string>
  /** How many invitations the organisation may still send today. */
  readonly left: number
}

/**
 * A result for each line, in the order of the list. Nothing of it says whether an address has an
 * account: a stranger's is as valid as a known one's.
 */
export function judge(
  entries: readonly Entry[],
  given: {
    readonly role: InvitedRole
    readonly may: readonly InvitedRole[]
    readonly known: Known
  },
): readonly Judged[] {
  const seen = new Set<string>()
  let left = given.known.left
  return entries.map((entry) => {
    const role = entry.role ?? given.role
    const verdict = verdictOf(entry, { ...given, role, seen })
    if (entry.email !== null) seen.add(identifierKey(entry.email))
    const isOver = verdict === 'valid' && left <= 0
    if (verdict === 'valid') left -= 1
    const { line, typed, email, unknownRole } = entry
    return { line, typed, email, role, unknownRole, verdict: isOver ? 'too-many' : verdict }
  })
}

function verdictOf(
  { email, unknownRole }: Entry,
  given: {
    readonly role: Role
    readonly may: readonly InvitedRole[]
    readonly known: Known
    readonly seen: ReadonlySet<string>
  },
): Verdict {
  const { role, may, known, seen } = given
  if (email === null) return 'malformed'
  if (unknownRole !== null) return 'role-unknown'
  if (role === 'GESTIONNAIRE') return 'never-to-lead'
  if (!may.includes(role)) return 'role-too-high'
  const key = identifierKey(email)
  if (seen.has(key)) return 'double'
  if (known.members.has(key)) return 'member'
  if (known.invited.has(key)) return 'invited'
  return known.tired.has(key) ? 'too-often' : 'valid'
}

/**
 * The life of an invitation (6.2). The table refuses a second one that waits for the same address.
 *
 *     (is sent) ──▶ pending ──┬─ accepted, by whoever reads its mailbox
 *                     ▲   │   ├─ declined
 *               again └───┘   ├─ cancelled, or its address corrected
 *                             ├─ expired, after 14 days
 *                             └─ superseded: the person became a member another way
 */
export type InvitationState =
  | 'pending'
  | 'accepted'
  | 'declined'
  | 'cancelled'
  | 'expired'
  | 'superseded'

/** What the team is shown of an invitation. */
export type Fate =
  | Exclude<InvitationState, 'pending'>
  | 'sending'
  | 'sent'
  /** Who reads it has begun to answer: not that a program has looked at the page. */
  | 'begun'
  /** The mail did not arrive: the address is wrong, or its mailbox refuses. */
  | 'not-delivered'
  /** Who sent it may no longer: it opens nothing until somebody sends it in their own name. */
  | 'unsupported'

export function fateOf(
  invitation: {
    readonly state: InvitationState
    readonly expiresAt: Date
    readonly letter: string | null
    readonly isSupported: boolean
    readonly begunAt: Date | null
  },
  now: Date,
): Fate {
  const { state, letter, begunAt } = invitation
  if (state !== 'pending') return state
  if (invitation.expiresAt <= now) return 'expired'
  if (!invitation.isSupported) return 'unsupported'
  // Whoever answers has read it, whatever their post office says.
  if (begunAt !== null) return 'begun'
  if (letter === 'queued') return 'sending'
  return letter === 'sent' || letter === null ? 'sent' : 'not-delivered'
}

/** Where somebody stands who has an invitation in front of them: one thing to do for each. */
export type Standpoint =
  /** Signed in with the invited address. */
  | 'own'
  /** Signed in under another address: they may keep both. */
  | 'other'
  /** Signed in, but the invited address leads to another account (E34). */
  | 'elsewhere'
  /** Not signed in, and the address leads to an account. */
  | 'sign-in'
  /** That account is suspended (E04). */
  | 'suspended'
  /** An account carried over: a password is what it lacks. */
  | 'legacy'
  /** Nobody's address yet. */
  | 'new'

export function standpointOf(given: {
  readonly isSignedIn: boolean
  /** The invited address is one the person signed in has proven. */
  readonly isOwn: boolean
  /** The state of the account the invited address leads to. */
  readonly holder: AccountState | null
}): Standpoint {
  const { isSignedIn, isOwn, holder } = given
  const isFree = holder === null || holder === 'unconfirmed'
  if (isSignedIn) {
    if (isOwn) return 'own'
    return isFree ? 'other' : 'elsewhere'
  }
  // A shell somebody else had made for this address waits for the same: a name and a password (6.1).
  if (isFree || holder === 'invited') return 'new'
  if (holder === 'legacy') return 'legacy'
  return holder === 'suspended' ? 'suspended' : 'sign-in'
}
