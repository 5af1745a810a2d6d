import { randomBytes } from 'node:crypto'
import { createLog, Secret } from '@myanm/chassis'
import type { RunningSite } from '@myanm/relying-party'
import { startSite } from '@myanm/relying-party'
import {
  answerQuestions,
  client,
  freePort,
  type Page,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  typeCredentials,
  Visitor,
  withDatabase,
} from '@myanm/testing'
import pg from 'pg'
import { guideSocial } from '../src/index.ts'

/** Guide Social and MyANM, whole, on real HTTP and one real database; the clock alone is ours. */
export interface Stage extends AsyncDisposable {
  readonly site: URL
  readonly database: TestDatabase
  readonly idp: TestIdp
  /** What time it is for the site: days may pass between two requests. */
  readonly clock: { now: () => Date; pass: (days: number) => void }
  /** Somebody of the scene, signed in and acting for this organisation. */
  signIn(login: string, organisation?: string): Promise<Visitor>
  /** Looks behind the curtain, or arranges a situation, in the site's own schema. */
  rows<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>
}

export const TILLEULS = 'Les Tilleuls ASBL'
export const PASSAGE = 'Le Passage ASBL'

export async function openStage(): Promise<Stage> {
  const database = await withDatabase()
  const [port, idpPort] = [await freePort(), await freePort()]
  const site = new URL(`http://localhost:${port}`)
  const secret = randomBytes(32).toString('base64url')
  const idp = await startTestIdp({
    database,
    port: idpPort,
    clients: [
      client({
        id: 'guide-social',
        name: 'Guide Social',
        kind: 'site',
        home: site.origin,
        secret,
        redirectUris: [new URL('/retour', site).href],
      }),
      // Two people of the scene have a role there.
      client({ id: 'bilan', name: 'Mon bilan en ligne', kind: 'site' }),
    ],
  })
  let offset = 0
  const clock = {
    now: () => new Date(Date.now() + offset),
    pass: (days: number) => {
      offset += days * 86_400_000
    },
  }
  const running: RunningSite = await startSite(
    guideSocial,
    {
      PORT: port,
      HOST: 'localhost',
      PUBLIC_URL: site,
      LOG_LEVEL: 'silent',
      TRUSTED_PROXIES: 0,
      STOP_WITH_PARENT: '0',
      DATABASE_URL: database.urlFor('guide-social'),
      ISSUER: idp.issuer,
      CLIENT_ID: 'guide-social',
      CLIENT_SECRET: new Secret(secret),
      SESSION_SECRET: new Secret(randomBytes(32).toString('base64url')),
      ACCOUNT_URL: new URL('/compte', idp.issuer),
    },
    { log: createLog('guide-social', process.env['TEST_LOG_LEVEL'] ?? 'silent'), clock },
  )
  const behind = new pg.Pool({ connectionString: database.adminUrl.href, max: 2 })

  const stop = async () => {
    await behind.end()
    await running.stop()
    await idp.stop()
    await database.drop()
  }
  return {
    site,
    database,
    idp,
    clock,
    signIn: async (login, organisation) => {
      const visitor = new Visitor()
      await visitor.go(new URL('/connexion?retour=/emplois', site))
      await typeCredentials(visitor, login)
      await answerQuestions(visitor, organisation)
      return visitor
    },
    rows: async (text, values = []) => {
      const client = await behind.connect()
      try {
        await client.query('set search_path = guide_social')
        return (await client.query(text, values)).rows
      } finally {
        client.release()
      }
    },
    [Symbol.asyncDispose]: stop,
  }
}

/** What makes an offer complete, as one types it. */
export const COMPLETE = {
  titre: 'Éducateur·rice spécialisé·e, accueil de jour',
  fonction: 'educateur-specialise',
  texte: 'Vous accompagnez vingt adultes.\n\n- Ateliers\n- Sorties',
  code_postal: '5000',
  localite: 'Namur',
  contrat: 'cdi',
  regime: 'full-time',
  bareme: 'Barème CP 319.02',
  courriel: 'emploi@lestilleuls.example',
} as const

export type Typed = Readonly<Record<string, string>>

/** Fills in the form of a new offer and sends it. */
export async function makeOffer(
  visitor: Visitor,
  { site }: Pick<Stage, 'site'>,
  typed: Typed = {},
  faire = 'publier',
): Promise<Page> {
  await visitor.go(new URL('/publier/emploi', site))
  return visitor.submit({
    fields: { ...COMPLETE, ...typed },
    button: { name: 'faire', value: faire },
  })
}

/** The token of a form this visitor has in front of them, for a request made by hand. */
export function tokenOn(page: Page): string {
  const token = page.$('input[name=jeton]').first().attr('value')
  if (token === undefined) throw new Error(`No form on ${page.url}`)
  return token
}
