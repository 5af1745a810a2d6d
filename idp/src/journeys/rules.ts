/**
 * The journey between an authorization request and its answer.
 *
 *     (request) ─▶ identifier ─▶ password ─▶ second factor ─▶ context ─▶ consent ─▶ (back to the site)
 *                     │  ▲           │             │             │          │
 *                     │  └─ not me ──┘             │             │          │
 *                     └───────── cancel ───────────┴─────────────┴──────────┴─▶ (back, refused)
 *
 * A passkey leads from the first page past the second factor: it is both. Between the second factor and
 * the rest stands what the state of the account asks for: an address to confirm, a password to replace.
 * Who is signed in and is asked again begins at the password, or at the second factor alone.
 *
 * The engine says which question is next; a page asked for out of turn leads to the one that is due.
 */
export type Screen = 'identifier' | 'context' | 'consent'

/** Registering instead of signing in, on the same journey. */
export const registrationPath = (uid: string): string => `/connexion/${uid}/inscription`

export function screenFor(prompt: string): Screen {
  switch (prompt) {
    case 'contexte':
      return 'context'
    case 'consent':
      return 'consent'
    default:
      return 'identifier'
  }
}

/** The public address of a screen of one journey. */
export function pathOf(screen: Screen | 'password' | 'second-factor', uid: string): string {
  switch (screen) {
    case 'context':
      return `/contexte/${uid}`
    case 'consent':
      return `/consentement/${uid}`
    case 'password':
      return `/connexion/${uid}/mot-de-passe`
    case 'second-factor':
      return `/connexion/${uid}/second-facteur`
    default:
      return `/connexion/${uid}`
  }
}
