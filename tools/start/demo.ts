import type { SceneClient } from './clients.ts'
import { addressOf, known } from './environment.ts'
import type { Ports } from './ports.ts'
import { hasPassword, organisations, people } from './scene.ts'
import type { Secrets } from './secrets.ts'
import { siteKeys } from './services.ts'

export type Demonstration = {
  readonly ports: Ports
  readonly secrets: Secrets
  readonly clients: readonly SceneClient[]
}

/** The scene as `.data/demo.json` tells it, to people and to programs. */
export function describeScene({ ports, secrets, clients }: Demonstration) {
  return {
    issuer: addressOf(ports, 'myanm'),
    mailbox: addressOf(ports, 'mailbox'),
    sites: Object.fromEntries(siteKeys.map((key) => [key, addressOf(ports, key)])),
    people: people.map((person) => ({
      key: person.key,
      login: person.login,
      email: person.email,
      state: person.state ?? 'active',
      ...(hasPassword(person) && { password: known(secrets.people, person.key) }),
      // The codes a second step asks for are made from it (RFC 6238: SHA-1, six digits, thirty seconds).
      ...(person.isStaff && { totp_secret: known(secrets.oneTime, person.key) }),
      account_type: person.accountType,
      memberships: person.memberships.map(({ organisation, role }) => {
        const found = organisations.find(({ key }) => key === organisation)
        return { organisation: found?.name ?? organisation, bce: found?.bce ?? null, role }
      }),
    })),
    clients: clients.map(({ id, secret, purpose, redirectUris }) => ({
      client_id: id,
      client_secret: secret,
      purpose,
      ...(redirectUris.length > 0 && { redirect_uris: redirectUris }),
    })),
  }
}
