/** Strata of MyANM: a room may use those of the lines above its own, and its neighbours on the line. */
const STRATA = [
  ['journal', 'jobs'],
  ['accounts', 'organisations', 'register', 'clients', 'consents', 'proofs'],
  ['mail', 'diagnoses'],
  ['oidc'],
  ['credentials', 'signals'],
  ['authenticators', 'devices'],
  ['visits', 'journeys'],
  ['memberships'],
  ['invitations', 'join-requests', 'transfers'],
  [
    'my-organisations',
    'organisation-journal',
    'organisation-data',
    'interactions',
    'registration',
    'recovery',
    'security',
    'my-account',
    'my-data',
    'preferences',
    'staff',
    'help',
    'contact',
    'legacy',
    'retention',
    'home',
    'status',
    'api',
    'scene',
  ],
]

const room = (names) => `^idp/src/(${names.join('|')})/`

const upward = STRATA.slice(0, -1).map((names, level) => ({
  name: `no-upward-arrow-from-${names.join('-and-')}`,
  comment: 'Rooms are in strata; an arrow never points upwards.',
  severity: 'error',
  from: { path: room(names) },
  to: { path: room(STRATA.slice(level + 1).flat()), dependencyTypesNot: ['type-only'] },
}))

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycle',
      comment: 'Neither between files nor, by values, between folders.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'one-door-per-room',
      comment: 'A room of MyANM is entered by #name or #rules/name only.',
      severity: 'error',
      from: { path: '^idp/src/([^/]+)/' },
      to: {
        path: '^idp/src/[^/]+/',
        pathNot: ['^idp/src/$1/', '^idp/src/[^/]+/(index|rules)\\.ts$'],
      },
    },
    {
      name: 'rules-are-pure',
      comment: 'rules.ts imports rules, permissions and nothing that acts.',
      severity: 'error',
      from: { path: '/rules\\.ts$' },
      to: {
        dependencyTypesNot: ['type-only'],
        pathNot: ['/rules\\.ts$', '^packages/permissions/', '^node:', '^(crypto|net|url)$'],
      },
    },
    {
      name: 'only-one-room-knows-the-engine',
      comment: 'oidc-provider is an affair of idp/src/oidc; others may name its types.',
      severity: 'error',
      from: { pathNot: ['^idp/src/oidc/', '/test/', '^tools/bench/'] },
      to: { path: 'node_modules/oidc-provider', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'sql-lives-in-stores',
      comment: 'kysely and pg as values only where statements are written.',
      severity: 'error',
      from: {
        path: '^(idp|apps|packages)/',
        pathNot: [
          '/store\\.ts$',
          '/[^/]*-store\\.ts$',
          '^idp/src/(oidc|jobs|scene)/',
          '^idp/src/accounts/standing\\.ts$',
          '^packages/(database|testing|local-postgres|relying-party)/',
          '/test/',
          '/scene\\.ts$',
        ],
      },
      to: { path: 'node_modules/(kysely|pg)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'packages-do-not-know-who-uses-them',
      severity: 'error',
      from: { path: '^packages/(?!testing)', pathNot: '/test/' },
      to: { path: '^(idp|apps)/' },
    },
    {
      name: 'sites-do-not-know-each-other-nor-myanm',
      severity: 'error',
      from: { path: '^apps/([^/]+)/src' },
      to: { path: ['^idp/', '^apps/'], pathNot: '^apps/$1/' },
    },
    {
      name: 'tests-only',
      comment: 'What helps tests is never part of what runs.',
      severity: 'error',
      from: { path: '/src/', pathNot: ['\\.test\\.ts$', '^packages/testing/'] },
      to: { path: '^packages/testing/' },
    },
    {
      name: 'permissions-import-nothing',
      severity: 'error',
      from: { path: '^packages/permissions/src', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^packages/permissions/' },
    },
    ...upward,
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: 'specify',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['node_modules/(?!(kysely|pg|oidc-provider)/)', '\\.data/', '/test/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
    moduleSystems: ['es6'],
  },
}
