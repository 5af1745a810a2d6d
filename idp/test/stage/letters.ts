import { query, type TestDatabase, type TestIdp } from '@myanm/testing'
import { type LetterCode, post } from '#mail'
import { openProof } from '#proofs'
import { carriesProof } from '#rules/mail'
import type { Purpose } from '#rules/proofs'

/** An organisation, somebody of it, and what they do there. */
const ABOUT = {
  organisation: 'Les Tilleuls ASBL',
  organisationId: '0198a1b2-0000-7000-8000-000000000001',
  requestId: '0198a1b2-0000-7000-8000-000000000002',
  person: 'Anne Dupont',
}

/** What waits for somebody who has just begun to lead. */
const WAITS = { waits: 'some', requests: 2, invitations: 1, changes: 0 }

/** What the text of each letter says besides the name. */
export const DETAILS: Readonly<Partial<Record<LetterCode, Record<string, string | number>>>> = {
  locked: { minutes: 15 },
  'security-changed': { what: 'passkey_added' },
  newsletter: { newsletter: '« Newsletter Emploi » (Guide Social)' },
  deletion: { day: '28/11/2026' },
  'message-received': { reference: 'ANM-7K3Q' },
  invitation: { ...ABOUT, role: 'COLLABORATEUR' },
  'invitation-settled': { ...ABOUT, what: 'accepted' },
  'join-request': { ...ABOUT, kind: 'join', reminder: 0 },
  'join-approved': { ...ABOUT, kind: 'join', role: 'LECTEUR', before: 'none', until: 'none' },
  'join-refused': { ...ABOUT, what: 'refused', reason: 'none' },
  'join-waiting': { ...ABOUT, kind: 'join', lead: 'somebody' },
  'role-changed': { ...ABOUT, role: 'LECTEUR', before: 'COLLABORATEUR', until: '31/01/2027' },
  'membership-ended': ABOUT,
  'members-review': { ...ABOUT, what: 'reminder' },
  'transfer-proposed': ABOUT,
  'transfer-announced': { ...ABOUT, other: 'Marie Martin' },
  'transfer-done': { ...ABOUT, ...WAITS },
  'transfer-not-done': { ...ABOUT, ...WAITS, what: 'refused' },
  rescue: { ...ABOUT, ...WAITS, what: 'vacant', day: '28/11/2026' },
  'organisation-closed': { ...ABOUT, place: 'leads' },
  'organisation-reopened': { ...ABOUT, place: 'vacant' },
  'organisation-corrected': {
    ...ABOUT,
    ...{ number: '0566.988.259', form: '017', sector: 'nonprofit', public: 'no' },
    reason: 'Le numéro était celui d’un autre',
  },
  'organisations-merged': {
    ...ABOUT,
    what: 'merged_gone',
    other: 'Le Passage ASBL',
    before: 'GESTIONNAIRE',
    role: 'RESPONSABLE',
  },
  'register-change': { ...ABOUT, what: 'name' },
}

/** What the link of a letter proves. */
export const PURPOSES: Readonly<Partial<Record<LetterCode, Purpose>>> = {
  'confirm-email': 'confirm-email',
  'reset-password': 'reset-password',
  'first-sign-in': 'first-sign-in',
  'change-email': 'change-email',
  newsletter: 'newsletter',
  deletion: 'cancel-deletion',
  'attach-login': 'attach-login',
  invitation: 'invitation',
}

/** Has MyANM write a letter to one of the people of the scene. @returns its identifier */
export async function haveWritten(
  myanm: Pick<TestIdp, 'idp'>,
  wish: {
    readonly code: LetterCode
    readonly account: string
    readonly email?: string
    readonly subject?: string
  },
): Promise<string> {
  const { db } = myanm.idp.services
  const { code, account } = wish
  return await db.transaction().execute(async (tx) => {
    const purpose = PURPOSES[code]
    if (carriesProof(code) && !purpose) throw new Error(`What does the link of « ${code} » prove?`)
    const opened = purpose
      ? await openProof(tx, {
          account,
          purpose,
          subject: wish.subject ?? (code === 'newsletter' ? 'emploi' : ''),
          now: new Date(),
          ...(wish.email !== undefined && { email: wish.email }),
        })
      : null
    const letter = await post(tx, {
      code,
      account,
      ...(opened && { proof: opened.proof }),
      details: DETAILS[code] ?? {},
    })
    if (letter === null) throw new Error(`No letter « ${code} » was queued`)
    return letter
  })
}

export interface LetterFate {
  readonly state: string
  readonly tries: number
  readonly last_reason: string | null
}

/** What the database says became of a letter. */
export async function fateOf(database: TestDatabase, letter: string): Promise<LetterFate> {
  const [row] = await query<LetterFate>(
    database,
    'select state, tries, last_reason from letter where id = $1',
    [letter],
  )
  if (!row) throw new Error(`No letter ${letter}`)
  return row
}

/** Every address in a letter, as whoever follows links finds them. */
export const linksIn = (letter: { readonly html: string }): URL[] =>
  [...new Set([...letter.html.matchAll(/href="([^"]+)"/g)].map(([, href = '']) => href))].map(
    (href) => new URL(href.replaceAll('&amp;', '&')),
  )
