import type Router from '@koa/router'
import {
  createFrame,
  createLog,
  failToStart,
  type Log,
  runUntilStopped,
  type Site,
  serve,
  translate,
} from '@myanm/chassis'
import { type Connection, connect } from '@myanm/database'
import type { NavigationItem } from '@myanm/ui'
import type { Context, Middleware } from 'koa'
import type { Clock, Person, RelyingParty } from './api.ts'
import { relyingParty } from './relying-party.ts'
import { readSiteConfig, type SiteConfig } from './site-settings.ts'
import { visits } from './visit.ts'

/** What a room of a site is built from. */
export interface SiteServices<Tables = unknown> {
  readonly myanm: RelyingParty
  readonly db: Connection<Tables>['db']
  readonly pool: Connection<Tables>['pool']
  readonly log: Log
  readonly clock: Clock
  readonly config: SiteConfig
}

/** One entry of the header. */
export interface NavigationEntry {
  /** Catalogue key of its text. */
  readonly key: string
  readonly href: string
  /** Whom it is shown to, a visitor being nobody; everybody when not said (M18). */
  readonly isFor?: (person: Person | undefined) => boolean
}

/** What makes one site different from another. */
export interface SiteDefinition<Tables = unknown> {
  readonly key: Site['key']
  readonly name: string
  /** Directories holding the site's `messages.<language>.json` and `pages/*.njk`. */
  readonly sources: readonly URL[]
  /** The header’s entries, in order. */
  readonly navigation: readonly NavigationEntry[]
  /** What the site asks to know, when it is not the usual. */
  readonly scopes?: readonly string[]
  /** The rooms of the site, in the order they are tried. */
  readonly routes: (services: SiteServices<Tables>) => readonly (Router | Middleware)[]
}

export interface RunningSite {
  readonly port: number
  stop(): Promise<void>
}

/** Starts a site: its database is needed to be ready, MyANM is not. */
export async function startSite<Tables>(
  definition: SiteDefinition<Tables>,
  config: SiteConfig,
  substitutes: { readonly log?: Log; readonly clock?: Clock } = {},
): Promise<RunningSite> {
  const log = substitutes.log ?? createLog(definition.key, config.LOG_LEVEL)
  const clock = substitutes.clock ?? { now: () => new Date() }
  const site: Site = { key: definition.key, name: definition.name, url: config.PUBLIC_URL }
  const database = connect<Tables>({
    url: config.DATABASE_URL,
    name: definition.key,
    onLost: (error) => log.warn({ err: error }, 'database connection lost'),
  })
  const myanm = relyingParty({
    issuer: config.ISSUER,
    client: { id: config.CLIENT_ID, secret: config.CLIENT_SECRET },
    site,
    pool: database.pool,
    sealKey: config.SESSION_SECRET,
    log,
    account: config.ACCOUNT_URL,
    ...(definition.scopes && { scopes: definition.scopes }),
    clock,
  })
  const { app } = createFrame({
    ...myanm.frameOptions,
    site,
    log,
    sources: [...definition.sources, ...myanm.frameOptions.sources],
    formKey: config.SESSION_SECRET,
    trustedProxies: config.TRUSTED_PROXIES,
    ready: database.ready,
    surroundings: (ctx) => ({
      ...myanm.frameOptions.surroundings(ctx),
      footerLinks: [
        { text: translate(ctx, 'relying-party.footer.myanm'), href: config.ISSUER.href },
      ],
      navigation: navigationFor(ctx, definition.navigation),
    }),
  })
  app.use(myanm.session)
  app.use(myanm.routes())
  const services = { myanm, db: database.db, pool: database.pool, log, clock, config }
  for (const room of definition.routes(services)) {
    if ('routes' in room) app.use(room.routes()).use(room.allowedMethods())
    else app.use(room)
  }

  const running = await serve(app, { port: config.PORT, host: config.HOST })
  log.info({ port: running.port }, 'listening')
  return {
    port: running.port,
    stop: async () => {
      await running.stop()
      await database.close()
    },
  }
}

function navigationFor(ctx: Context, entries: readonly NavigationEntry[]): NavigationItem[] {
  const person = visits.find(ctx)?.session?.person
  return entries
    .filter(({ isFor }) => isFor === undefined || isFor(person))
    .map(({ key, href }) => ({
      text: translate(ctx, key),
      href,
      current: href === '/' ? ctx.path === '/' : `${ctx.path}/`.startsWith(`${href}/`),
    }))
}

/** The whole `main.ts` of a site. */
export async function runSite<Tables>(
  definition: SiteDefinition<Tables>,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  try {
    const config = readSiteConfig(environment)
    const log = createLog(definition.key, config.LOG_LEVEL)
    await runUntilStopped({
      begin: () => startSite(definition, config, { log }),
      stopWithParent: config.STOP_WITH_PARENT === '1',
      log,
    })
  } catch (error) {
    failToStart(error)
  }
}
