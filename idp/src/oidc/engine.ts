import { clientAddress, type Log, readFields, type Secret } from '@myanm/chassis'
import { type Db, type Statements, type Tx, transact } from '@myanm/database'
import type Koa from 'koa'
import compose from 'koa-compose'
import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import { type Client, listClients, listPolicies } from '#clients'
import { ConsentWithdrawn } from '#consents'
import { saveDiagnosis } from '#diagnoses'
import type { Tables } from '../tables.ts'
import { diagnosisOfReplay, pageFor, tellWhere } from './diagnose.ts'
import { afterSignOut, enginePages, type SiteOfTheHouse } from './engine-pages.ts'
import { insistOnDatabase } from './failures.ts'
import { answerWithLiveRights } from './introspection.ts'
import { introspectionEndpoint } from './introspection-endpoint.ts'
import { ensureKeys, loadKeys } from './keys.ts'
import { sessionLifetime } from './lifetimes.ts'
import { listen } from './listen.ts'
import { createProvider, ROUTES } from './provider.ts'
import { endFamily, refuseReplay } from './replay.ts'
import { sealWith } from './sealing.ts'
import type { SubjectOf } from './subject.ts'
import { currentWork, inOneWork, RedeemedAlready } from './unit-of-work.ts'
import { insistOnWellFormedBody } from './well-formed-body.ts'

export interface Engine {
  readonly middleware: Koa.Middleware
  /** The engine of this moment: it is built anew when clients, policies or keys change. */
  provider(): Provider
  /** The sites of the house, for whoever has lost their way. */
  sites(): readonly SiteOfTheHouse[]
  stop(): Promise<void>
}

export interface EngineNeeds {
  readonly db: Db<Tables>
  readonly statements: Statements
  readonly databaseUrl: URL
  readonly log: Log
  readonly issuer: URL
  readonly keyEncryptionKey: Secret
  readonly subjectOf: SubjectOf
  /** What else is to be written when somebody has signed in, in the same transaction. */
  readonly onSignIn: (tx: Tx<Tables>, signIn: NewSignIn) => Promise<void>
}

/** Somebody has proven who they are, in a browser. */
export interface NewSignIn {
  /** The session's name: it stays, whatever identifier its cookie has. */
  readonly session: string
  readonly account: string
  readonly amr: readonly string[]
  readonly userAgent: string
  readonly address: string
}

/** What seals private signing keys. */
export const keySeal = (secret: Secret) => sealWith(secret, 'signing-key')

/**
 * Starts the protocol engine. All its state is in PostgreSQL, so that a change of clients or keys is a
 * new engine put in the place of the old one, between two requests, in every process.
 */
export async function startEngine(needs: EngineNeeds): Promise<Engine> {
  const { db, statements, log } = needs
  const seal = keySeal(needs.keyEncryptionKey)
  await ensureKeys(db, seal)

  const build = async () => {
    const [clients, policies, keys] = await Promise.all([
      listClients(db),
      listPolicies(db),
      loadKeys(db, seal),
    ])
    const sites = sitesAmong(clients)
    const pages = enginePages(sites)
    const provider = createProvider({ ...needs, pages }, { clients, policies, keys })
    provider.use(aroundEngine(needs))
    const introspect = introspectionEndpoint(needs, { clients, policies })
    return { provider, sites, introspect, run: compose(provider.middleware as Koa.Middleware[]) }
  }

  let engine = await build()
  const listener = await listen({
    url: needs.databaseUrl,
    channel: 'engine_changed',
    log,
    onChange: async () => {
      engine = await build()
    },
  })

  return {
    provider: () => engine.provider,
    sites: () => engine.sites,
    stop: () => listener.stop(),
    middleware: async (ctx, next) => {
      const { run, introspect } = engine
      const hint = {
        client: text(ctx.query['client_id']),
        organisation: text(ctx.query['organisation']),
      }
      // What the engine does not know goes on to the next: only its own requests are a unit of work.
      if (!isEngines(ctx.path)) return next()
      if (ctx.method === 'POST' && ASKED_BY_PEOPLE.has(ctx.path)) return askByGet(ctx)
      if (ctx.path === ROUTES.introspection && ctx.method === 'POST' && (await introspect(ctx)))
        return
      insistOnWellFormedBody(ctx)
      try {
        await inOneWork({ db, statements }, hint, () => run(ctx as never, next))
      } catch (error) {
        if (error instanceof ConsentWithdrawn) return askAgain(ctx)
        if (!(error instanceof RedeemedAlready)) throw error
        const { redemption } = error
        const diagnosis = diagnosisOfReplay(ctx, redemption)
        await transact(db, async (tx) => {
          await endFamily(tx, redemption)
          if (diagnosis) await saveDiagnosis(tx, diagnosis)
        })
        refuseReplay(ctx, redemption, pageFor(ctx, needs.issuer))
      }
    },
  }
}

/** Endpoints a browser is sent to; OIDC Core 3.1.2.1 and RP-Initiated Logout 2 allow GET and POST. */
const ASKED_BY_PEOPLE = new Set<string>([ROUTES.authorization, ROUTES.end_session])

/**
 * A request posted from another site is asked again by GET: our cookies are SameSite=Lax and would not
 * come with the POST, and making them travel everywhere would cost more than this redirect.
 */
async function askByGet(ctx: Koa.Context): Promise<void> {
  const fields = await readFields(ctx)
  ctx.status = 303
  ctx.redirect(`${ctx.path}?${fields}`)
}

/**
 * What the person shares was withdrawn while this request was answered: nothing of it is written, and
 * asked again it leads to the question.
 */
function askAgain(ctx: Koa.Context): void {
  ctx.remove('set-cookie')
  ctx.status = 303
  ctx.redirect(ctx.url)
}

const PATHS = Object.values(ROUTES)

/** Whether a path belongs to the protocol: its endpoints and what is below them. */
export function isEngines(path: string): boolean {
  return (
    path.startsWith('/.well-known/') ||
    PATHS.some((route) => path === route || path.startsWith(`${route}/`))
  )
}

function sitesAmong(clients: readonly Client[]): SiteOfTheHouse[] {
  return clients.flatMap(({ client_id: clientId, name, home_uri: homeUri }) =>
    homeUri === null ? [] : [{ clientId, name, homeUri }],
  )
}

/** What is added to the engine's own answers, before they are written and sent. */
function aroundEngine({
  db,
  subjectOf,
  onSignIn,
}: Pick<EngineNeeds, 'db' | 'subjectOf' | 'onSignIn'>) {
  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    await next()
    insistOnDatabase(ctx as unknown as Koa.Context)
    if (ctx.get('origin') !== '' && !PUBLIC_ROUTES.has(ctx.oidc?.route)) forgetOrigin(ctx)
    switch (ctx.oidc?.route) {
      case 'introspection':
        await answerWithLiveRights(ctx, { db, subjectOf })
        break
      case 'token':
        keepSessionAlive(ctx)
        tellWhere(ctx)
        break
      case 'pushed_authorization_request':
      case 'authorization':
        tellWhere(ctx)
        break
      case 'resume':
        tellWhere(ctx)
        tellOfSignIn(ctx, onSignIn)
        break
      case 'end_session':
        skipEmptyQuestion(ctx)
        break
      case 'jwks':
      case 'discovery':
        // Long enough to spare us, far shorter than the time a next key is published before it signs.
        ctx.set('Cache-Control', 'public, max-age=300')
        ctx.set('Cross-Origin-Resource-Policy', 'cross-origin')
        break
      default:
    }
  }
}

/** What a script of any origin may read (RFC 9700 2.6): what is the same for everybody. */
const PUBLIC_ROUTES = new Set(['jwks', 'discovery', 'cors.jwks', 'cors.discovery'])

/** The engine lets scripts of other origins read what went wrong; no client of ours is such a script. */
function forgetOrigin(ctx: KoaContextWithOIDC): void {
  for (const name of Object.keys(ctx.response.headers)) {
    if (name.startsWith('access-control-')) ctx.remove(name)
  }
}

/** A site that renews its tokens is a sign of life: idle means idle everywhere (4.3.5). */
function keepSessionAlive(ctx: KoaContextWithOIDC): void {
  const work = currentWork()
  const uid = ctx.oidc.entities.RotatedRefreshToken?.sessionUid
  const session = uid === undefined ? undefined : work?.sessions.get(uid)
  if (!work || !session || uid === undefined || ctx.status !== 200) return
  const now = Math.floor(Date.now() / 1000)
  work.extension = { session: uid, until: now + sessionLifetime(session.payload, now) }
}

/** The answer to the sign-in page: whatever the site is told, the person is signed in from here on. */
function tellOfSignIn(ctx: KoaContextWithOIDC, onSignIn: EngineNeeds['onSignIn']): void {
  const { result, session } = ctx.oidc
  const account = result?.login?.accountId
  if (account === undefined || session?.accountId !== account) return
  const signIn: NewSignIn = {
    session: session.uid,
    account,
    amr: session.amr ?? [],
    userAgent: ctx.get('user-agent'),
    address: clientAddress(ctx as unknown as Koa.Context),
  }
  currentWork()?.deeds.push((tx) => onSignIn(tx, signIn))
}

/** Signing out when nobody is signed in: there is nothing to ask, the person goes where they were going. */
function skipEmptyQuestion(ctx: KoaContextWithOIDC): void {
  if (ctx.status !== 200 || ctx.oidc.session?.accountId !== undefined) return
  ctx.status = 303
  ctx.redirect(afterSignOut(ctx))
}

function text(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}
