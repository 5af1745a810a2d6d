/** The mails of the product (specification 4.8): what is told in them is in the catalogues. */
export type LetterCode =
  | 'confirm-email' // ML1
  | 'already-known' // ML2
  | 'activated' // ML3
  | 'reset-password' // ML4
  | 'first-sign-in' // ML5
  | 'password-changed' // ML6
  | 'change-email' // ML7, to the new address
  | 'email-changing' // ML7, to the old one
  | 'attach-login' // M24, to the address of the old account
  | 'locked' // ML8
  | 'security-changed' // told of every change of a second factor (NIST SP 800-63B-4 §4.6)
  | 'newsletter' // ML28
  | 'deletion' // ML32
  | 'message-received' // ML33
  | 'login-reminder' // the answer to a forgotten login (M58)
  | 'address-corrected' // M64, to the former address
  | 'invitation' // ML9
  | 'invitation-settled' // ML10, to who invited
  | 'join-request' // ML11, and its reminders
  | 'join-waiting' // ML11 unanswered, to every RESPONSABLE (ahead 3)
  | 'join-approved' // ML12
  | 'join-refused' // ML13
  | 'role-changed' // ML14
  | 'membership-ended' // ML15
  | 'members-review' // to the GESTIONNAIRE, then to the RESPONSABLES (ahead 12)
  | 'transfer-proposed' // ML16
  | 'transfer-announced' // the same, to whoever else answers for the organisation (ahead 4)
  | 'transfer-done' // ML17, to both
  | 'transfer-not-done' // ML18, to both
  | 'rescue' // to every RESPONSABLE of an organisation without its GESTIONNAIRE (ahead 4)
  | 'organisation-closed' // P32, to its team
  | 'organisation-reopened'
  | 'organisation-corrected' // M39, to the GESTIONNAIRE
  | 'organisations-merged' // to who answers for either of two organisations that are one (ahead 5)
  | 'register-change' // 4.5: what the register announces, to the GESTIONNAIRE

/**
 * Where the button of each mail leads, below our address. `:jeton` is the link of its proof: that mail
 * also carries a code. Other names are details of the letter: identifiers of what it is about.
 */
export const PATHS: Readonly<Record<LetterCode, string>> = {
  'confirm-email': '/confirmation/:jeton',
  'already-known': '/mot-de-passe/oublie',
  activated: '/compte',
  'reset-password': '/mot-de-passe/:jeton',
  'first-sign-in': '/mot-de-passe/:jeton',
  'password-changed': '/mot-de-passe/oublie',
  'change-email': '/adresse/:jeton',
  'email-changing': '/compte/connexion',
  'attach-login': '/ancien-login/:jeton',
  locked: '/mot-de-passe/oublie',
  'security-changed': '/compte/securite',
  newsletter: '/newsletter/:jeton',
  deletion: '/suppression/:jeton',
  'message-received': '/',
  'login-reminder': '/compte',
  'address-corrected': '/contact',
  invitation: '/invitation/:jeton',
  'invitation-settled': '/organismes/:organisationId/equipe/inviter',
  'join-request': '/organismes/:organisationId/equipe/demandes',
  'join-waiting': '/organismes/:organisationId/gestionnaire',
  'join-approved': '/compte/demandes/:requestId',
  'join-refused': '/compte/demandes/:requestId',
  'role-changed': '/organismes/:organisationId',
  'membership-ended': '/compte/organismes',
  'members-review': '/organismes/:organisationId/equipe/revue',
  'transfer-proposed': '/organismes/:organisationId/gestionnaire',
  'transfer-announced': '/organismes/:organisationId/gestionnaire',
  'transfer-done': '/organismes/:organisationId/gestionnaire',
  'transfer-not-done': '/organismes/:organisationId/gestionnaire',
  rescue: '/organismes/:organisationId/gestionnaire',
  'organisation-closed': '/compte/organismes',
  'organisation-reopened': '/organismes/:organisationId',
  'organisation-corrected': '/organismes/:organisationId/donnees',
  'organisations-merged': '/organismes/:organisationId',
  'register-change': '/organismes/:organisationId/donnees',
}

/**
 * The path of a letter's button, its names filled in.
 * @throws Error when the letter does not tell one of them
 */
export function pathOf(
  code: LetterCode,
  values: Readonly<Record<string, string | number | undefined>>,
): string {
  return PATHS[code].replaceAll(/:([a-zA-Z]+)/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`A letter « ${code} » does not tell its ${name}`)
    return encodeURIComponent(value)
  })
}

export const carriesProof = (code: LetterCode): boolean => PATHS[code].includes(':jeton')

/** What a post office, or our own wait for it, says of a letter it did not take. */
export type Verdict =
  /** It is not there, or not well: every letter meets the same. */
  | 'away'
  /** Not now, this one: a full mailbox, a queue that asks for patience. */
  | 'later'
  /** Not ever: no such mailbox. */
  | 'never'

const PERMANENT_FOR_THE_LETTER = new Set(['RCPT TO', 'DATA'])

/**
 * What an answer means (RFC 5321 §4.2.1). « No » to the recipient or to the content is about this
 * letter; « no » to the greeting, to our name or to our sender is about the post office and us: then the
 * letter waits until somebody has put that right.
 */
export function verdictOf(answer: {
  readonly command: string | null
  readonly status: number | null
}): Verdict {
  const { command, status } = answer
  if (status === null || status === 421) return 'away'
  const isAboutLetter = command !== null && PERMANENT_FOR_THE_LETTER.has(command)
  if (!isAboutLetter) return 'away'
  return status >= 500 ? 'never' : 'later'
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** Pauses between tries, in milliseconds; the last one again and again. */
const PAUSES = [5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600].map((pause) => pause * SECOND)

/** How long a letter without a link is worth trying, in milliseconds. */
export const PATIENCE = 48 * HOUR

/**
 * How long a try may take before somebody else takes the letter over, in milliseconds. Longer than both
 * post offices may take together (`mailer.ts`), short enough that a process killed while sending costs
 * less than two minutes (ahead 7).
 */
export const TRY_LASTS = 45 * SECOND

export type Fate =
  | { readonly state: 'refused' | 'given-up' }
  /** Tried again after so many milliseconds. */
  | { readonly state: 'queued'; readonly pause: number }

/** What becomes of a letter that was not taken. */
export function fateAfter(attempt: {
  readonly verdict: Verdict
  /** This one included. */
  readonly tries: number
  readonly queuedAt: Date
  readonly now: Date
}): Fate {
  if (attempt.verdict === 'never') return { state: 'refused' }
  const pause = PAUSES[Math.min(attempt.tries, PAUSES.length) - 1] ?? 0
  const isOver = attempt.now.getTime() + pause - attempt.queuedAt.getTime() > PATIENCE
  return isOver ? { state: 'given-up' } : { state: 'queued', pause }
}

/** What a link that works no longer says of the letter that carries it. */
export function fateWithLink(
  refusal: 'used' | 'replaced' | 'expired',
): 'sent' | 'needless' | 'given-up' {
  // Nobody uses a link that did not arrive: the process that sent it was killed before noting so.
  if (refusal === 'used') return 'sent'
  return refusal === 'replaced' ? 'needless' : 'given-up'
}

/**
 * How many letters of one kind an account, or an address without one, is sent within the hour. What
 * somebody can ask for again and again is limited, so that nobody's mailbox is flooded through us; what
 * tells of a change to the account always leaves.
 */
export const MOST_AN_HOUR: Readonly<Partial<Record<LetterCode, number>>> = {
  'confirm-email': 10,
  'already-known': 4,
  'reset-password': 10,
  'first-sign-in': 10,
  'change-email': 10,
  'attach-login': 10,
  newsletter: 10,
  'message-received': 4,
}

/** Letters for the address as it is when they are queued, whatever becomes of it meanwhile. */
export const KEEPS_ADDRESS: ReadonlySet<LetterCode> = new Set([
  'email-changing',
  'address-corrected',
])

/** What a person or the team is told as « did not arrive ». */
export const UNDELIVERED = ['refused', 'given-up', 'bounced', 'complained'] as const

/** Longer is no name: the greeting does without. */
const LONGEST_NAME = 60
/** What mail programs make links of, and what bait is made of: addresses, and numbers to call. */
const BAIT = /[\p{L}\p{N}][.。][\p{L}\p{N}]{2}|[/\\@:<>]|www\b|(?:\d[\s.-]?){4}/iu

/**
 * The name a letter greets with, or null. Whoever registers chooses the name and the address, which may
 * be somebody else's: a name is never a way to have us send that person a link (yardsticks F32).
 */
export function nameInMail(typed: string | null): string | null {
  const name = (typed ?? '')
    .normalize('NFKC')
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
  const isName = name !== '' && [...name].length <= LONGEST_NAME && !BAIT.test(name)
  return isName ? name : null
}
