import { styleText } from 'node:util'
import { addressOf, known } from './environment.ts'
import type { Ports } from './ports.ts'
import { hasPassword, organisations, people, type ScenePerson } from './scene.ts'
import type { Secrets } from './secrets.ts'
import { services } from './services.ts'
import { say } from './words.ts'

export type Report = {
  readonly ports: Ports
  readonly secrets: Secrets
  /** How long the start took, as text. */
  readonly time: string
  readonly directory: string
  readonly demo: string
}

/** What the person who typed the command wants to know: where to go, and as whom. */
export function reportOf({ ports, secrets, time, directory, demo }: Report): string {
  const addresses = services.map(({ key, name }) => [name, addressOf(ports, key)])
  const heads = ['person', 'part', 'login', 'password'].map((name) => say(`ready.${name}`))
  const rows = people.map((person) => [
    `${person.givenName} ${person.familyName}`,
    partOf(person),
    person.login,
    hasPassword(person) ? known(secrets.people, person.key) : say('ready.no-password'),
  ])
  const [titles = '', ...lines] = table([heads, ...rows])
  return [
    '',
    strong(say('ready.title', { time })),
    '',
    ...table(addresses),
    '',
    strong(say('ready.people')),
    '',
    styleText('dim', titles),
    ...lines,
    '',
    ...oneTimeLines(secrets),
    say('ready.kept', { file: demo }),
    say('ready.stop', { directory }),
    '',
  ].join('\n')
}

/** Who also proves who they are with the codes of an application. */
function oneTimeLines(secrets: Secrets): string[] {
  return people
    .filter(({ isStaff }) => isStaff)
    .map(({ key, givenName, familyName }) =>
      say('ready.one-time', {
        name: `${givenName} ${familyName}`,
        secret: known(secrets.oneTime, key),
      }),
    )
}

const strong = (text: string) => styleText('bold', text)

/** « Collaborateur, Les Tilleuls ASBL ; Responsable, Le Passage ASBL », and what is special about the account. */
function partOf(person: ScenePerson): string {
  const { state, isStaff } = person
  const special = isStaff ? 'staff' : state
  return special === undefined
    ? roleOf(person)
    : say('part.but', { role: roleOf(person), but: say(`but.${special}`) })
}

function roleOf({ memberships, siteRoles, accountType }: ScenePerson): string {
  const organisation = (key: string) => organisations.find((one) => one.key === key)?.name ?? key
  const [first] = memberships
  const special = siteRoles.map(({ role }) =>
    say(`role.${role}`, { organisation: first ? organisation(first.organisation) : '' }),
  )
  const ordinary = memberships.map((one) =>
    say('part.in', { role: say(`role.${one.role}`), organisation: organisation(one.organisation) }),
  )
  const parts = special.length > 0 ? special : ordinary
  if (parts.length === 0) return say(`role.${accountType}`)
  return parts.reduce((sofar, next) => say('part.and', { first: sofar, second: next }))
}

/** Lines of text with their columns aligned. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  )
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('   ')}`.trimEnd(),
  )
}
