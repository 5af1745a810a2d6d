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
  | 'locked' // ML8
  | 'security-changed' // told of every change of a second factor (NIST SP 800-63B-4 §4.6)
  | 'newsletter' // ML28
  | 'deletion' // ML32
  | 'message-received' // ML33

/**
 * Where the button of each mail leads, below our address. `:jeton` is the link of its proof: that mail
 * also carries a code.
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
  locked: '/mot-de-passe/oublie',
  'security-changed': '/compte/securite',
  newsletter: '/newsletter/:jeton',
  deletion: '/suppression/:jeton',
  'message-received': '/',
}

export const carriesProof = (code: LetterCode): boolean => PATHS[code].includes(':jeton')

/** Longer is no name: the greeting does without. */
const LONGEST_NAME = 60
/** What mail programs make links of, and what bait is made of: addresses, and numbers to call. */
const BAIT = /[\p{L}\p{N}]\.[\p{L}\p{N}]{2}|[/\\@:<>]|www\b|(?:\d[\s.-]?){4}/iu

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
