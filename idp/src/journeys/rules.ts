/**
 * The journey between an authorization request and its answer.
 *
 *     (request) ──▶ identifier ──▶ password ──▶ context ──▶ consent ──▶ (back to the site)
 *                      │  ▲            │           │           │
 *                      │  └─ not me ───┘           │           │
 *                      └────────── cancel ─────────┴───────────┴──▶ (back to the site, refused)
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
export function pathOf(screen: Screen | 'password', uid: string): string {
  switch (screen) {
    case 'context':
      return `/contexte/${uid}`
    case 'consent':
      return `/consentement/${uid}`
    case 'password':
      return `/connexion/${uid}/mot-de-passe`
    default:
      return `/connexion/${uid}`
  }
}
