import { addressOf, known } from './environment.ts'
import type { Ports } from './ports.ts'
import type { Secrets } from './secrets.ts'
import { type SiteKey, services, siteKeys } from './services.ts'
import { say } from './words.ts'

/** One who may send people to MyANM to sign in, or ask it about a token. */
export type SceneClient = {
  readonly id: string
  readonly secret: string
  readonly name: string
  /** What it is for, in a sentence. */
  readonly purpose: string
  readonly kind: 'site' | 'partner' | 'resource-server'
  /** Address of its home page; null for who has no pages. */
  readonly home: string | null
  readonly redirectUris: readonly string[]
  /** Whose tokens it may ask about. */
  readonly introspects: readonly string[]
}

const PARTNER_CALLBACK = 'http://localhost:9999/callback'

/** The clients of the scene: the four sites, a resource server, and a partner to try a site of one's own. */
export function sceneClients(of: {
  readonly ports: Ports
  readonly secrets: Secrets
}): SceneClient[] {
  const secret = (id: string) => known(of.secrets.clients, id)
  const site = (key: SiteKey): SceneClient => {
    const home = addressOf(of.ports, key)
    const name = services.find((service) => service.key === key)?.name ?? key
    return {
      id: key,
      secret: secret(key),
      name,
      purpose: say('client.site', { name }),
      kind: 'site',
      home,
      redirectUris: [`${home}/retour`],
      introspects: [],
    }
  }
  return [
    ...siteKeys.map(site),
    {
      id: 'resource-server',
      secret: secret('resource-server'),
      name: say('client.resource-server.name'),
      purpose: say('client.resource-server'),
      kind: 'resource-server',
      home: null,
      redirectUris: [],
      introspects: ['guide-social'],
    },
    {
      id: 'partner',
      secret: secret('partner'),
      name: say('client.partner.name'),
      purpose: say('client.partner'),
      kind: 'partner',
      home: new URL(PARTNER_CALLBACK).origin,
      redirectUris: [PARTNER_CALLBACK],
      introspects: [],
    },
  ]
}
