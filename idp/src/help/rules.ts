/** A step of a help page: its words are `help.<topic>.<step>`, its picture, when it has one, a real page. */
export interface Step {
  readonly key: string
  readonly picture?: PictureName
}

/** The pictures of our own pages, taken by `pnpm help:pictures`. */
export const PICTURES = [
  'login',
  'password',
  'context',
  'first-sign-in',
  'letter',
  'first-password',
  'new-password',
  'forgotten',
  'sent',
  'changed',
  'forgotten-login',
  'team',
  'invite',
  'role',
  'requests',
  'propose',
  'accept',
] as const
export type PictureName = (typeof PICTURES)[number]

export interface Topic {
  readonly key: string
  readonly path: string
  readonly steps: readonly Step[]
  /** What people ask: `help.<topic>.question.<key>` and `help.<topic>.answer.<key>`. */
  readonly questions: readonly string[]
  /** Where the page begins what it explains. */
  readonly begin?: string
}

/** The help pages, in the order of the index: signing in (M57 to M59), running a team (M61, M63). */
export const TOPICS: readonly Topic[] = [
  {
    key: 'sign-in',
    path: '/aide/connexion',
    steps: [
      { key: 'site' },
      { key: 'login', picture: 'login' },
      { key: 'password', picture: 'password' },
      { key: 'context', picture: 'context' },
    ],
    questions: ['one-account', 'locked', 'expired', 'shared-computer'],
  },
  {
    key: 'first-sign-in',
    path: '/aide/premiere-connexion',
    steps: [
      { key: 'login', picture: 'login' },
      { key: 'code', picture: 'first-sign-in' },
      { key: 'letter', picture: 'letter' },
      { key: 'password', picture: 'first-password' },
    ],
    questions: ['why', 'no-mail', 'old-address', 'shared', 'manager'],
  },
  {
    key: 'password',
    path: '/aide/mot-de-passe',
    steps: [
      { key: 'ask', picture: 'forgotten' },
      { key: 'mail', picture: 'sent' },
      { key: 'choose', picture: 'new-password' },
      { key: 'done', picture: 'changed' },
    ],
    questions: ['good', 'no-mail', 'link', 'not-me', 'second-factor'],
    begin: '/mot-de-passe/oublie',
  },
  {
    key: 'login',
    path: '/aide/login',
    steps: [
      { key: 'address', picture: 'login' },
      { key: 'write', picture: 'forgotten-login' },
      { key: 'answer' },
    ],
    questions: ['why-not-shown', 'change'],
    begin: '/identifiant-oublie',
  },
  {
    key: 'team',
    path: '/aide/collaborateurs',
    steps: [
      { key: 'open', picture: 'team' },
      { key: 'invite', picture: 'invite' },
      { key: 'roles' },
      { key: 'change', picture: 'role' },
      { key: 'requests', picture: 'requests' },
      { key: 'end' },
    ],
    questions: ['same-account', 'seen', 'at-once', 'other-organisation', 'not-received', 'leave'],
    begin: '/compte/organismes',
  },
  {
    key: 'manager',
    path: '/aide/gestionnaire',
    steps: [
      { key: 'prepare' },
      { key: 'propose', picture: 'propose' },
      { key: 'accept', picture: 'accept' },
      { key: 'after' },
    ],
    questions: ['historical', 'no-one', 'changed-mind', 'gone', 'leave'],
    begin: '/compte/organismes',
  },
]

/** Pages the publisher is bound to have, and which of their parts are the publisher's own to write. */
export interface LegalPage {
  readonly key: string
  readonly path: string
  /** In order; a part that begins with `*` waits for the publisher's words. */
  readonly parts: readonly string[]
}

export const LEGAL_PAGES: readonly LegalPage[] = [
  {
    key: 'notice',
    path: '/mentions-legales',
    parts: ['*publisher', '*host', 'service', 'rights', 'report'],
  },
  {
    key: 'privacy',
    path: '/vie-privee',
    parts: [
      '*controller',
      'collected',
      'kept',
      'shared',
      'cookies',
      'protected',
      'your-rights',
      '*complaint',
    ],
  },
  {
    key: 'accessibility',
    path: '/accessibilite',
    parts: ['aim', 'done', '*state', 'tell-us'],
  },
  { key: 'terms', path: '/conditions', parts: ['account', 'conduct', 'end', '*publisher'] },
]
