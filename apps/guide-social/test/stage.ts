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

/** Guide Social and MyANM, whole, on real HTTP and one real database. */
export interface Stage extends AsyncDisposable {
  readonly site: URL
  readonly database: TestDatabase
  readonly idp: TestIdp
  /** Somebody of the scene, signed in and acting for this organisation. */
  signIn(login: string, organisation?: string): Promise<Visitor>
  /** MyANM goes away, and stays away. */
  stopMyAnm(): Promise<void>
  /** Every form of the site, as its own routers know them: `/emplois/:address/retirer`. */
  readonly forms: readonly string[]
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
  const rooms: ReturnType<typeof guideSocial.routes>[number][] = []
  const running: RunningSite = await startSite(
    {
      ...guideSocial,
      routes: (services) => {
        rooms.push(...guideSocial.routes(services))
        return rooms
      },
    },
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
    { log: createLog('guide-social', process.env['TEST_LOG_LEVEL'] ?? 'silent') },
  )
  const behind = new pg.Pool({ connectionString: database.adminUrl.href, max: 2 })

  let gone: Promise<void> | undefined
  const stopMyAnm = () => {
    gone ??= idp.stop()
    return gone
  }
  const stop = async () => {
    await behind.end()
    await running.stop()
    await stopMyAnm()
    await database.drop()
  }
  return {
    site,
    database,
    idp,
    signIn: async (login, organisation) => {
      const visitor = new Visitor()
      await visitor.go(new URL('/connexion?retour=/emplois', site))
      await typeCredentials(visitor, login)
      await answerQuestions(visitor, organisation)
      return visitor
    },
    stopMyAnm,
    forms: rooms.flatMap((room) =>
      'stack' in room
        ? room.stack.flatMap(({ methods, path }) =>
            methods.includes('POST') ? [String(path)] : [],
          )
        : [],
    ),
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

/** Posts by hand what no form of theirs offers: with a good token, from our own page. */
export async function postByHand(
  visitor: Visitor,
  address: URL,
  fields: Typed = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Page> {
  // Everybody signed in may open this page, and it has a form.
  const page = await visitor.go(new URL('/deconnexion', address))
  const token = page.$('input[name=jeton]').first().attr('value')
  if (token === undefined) throw new Error(`No form on ${page.url}`)
  return visitor.post(address, { jeton: token, ...fields }, headers)
}

/** The version an edit form or a button of this page was made from. */
export function versionOn(page: Page): string {
  return page.$('input[name=version]').first().attr('value') ?? ''
}
