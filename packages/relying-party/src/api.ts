import type { FrameOptions, Log, Secret, Site } from '@myanm/chassis'
import type { Connection } from '@myanm/database'
import type { Actor, Role } from '@myanm/permissions'
import type { Banner, NoticeKind } from '@myanm/ui'
import type { Context, Middleware } from 'koa'
import type { PageNeed } from './addresses.ts'

export interface Clock {
  now(): Date
}

export type Pool = Connection<unknown>['pool']

export interface RelyingPartyOptions {
  readonly issuer: URL
  readonly client: { readonly id: string; readonly secret: Secret }
  readonly site: Site
  /** Connects as the site's own role: the tables of `migrations/sites` are in its schema. */
  readonly pool: Pool
  /** Seals tokens and claims at rest. Another key ends every session of the site. */
  readonly sealKey: Secret
  readonly log: Log
  /** Where « Gérer mon compte » leads. */
  readonly account: URL
  /** What the site asks to know; `openid profile email compte organisation` by default. */
  readonly scopes?: readonly string[]
  readonly clock?: Clock
}

/** Somebody signed in, as MyANM described them less than a minute ago. */
export interface Person {
  /** The account, under the name this sector of sites knows it by. */
  readonly sub: string
  readonly name: string
  readonly email?: string
  readonly accountType: string
  /** For `decide` of `@myanm/permissions`. */
  readonly actor: Actor
  /** Absent when the person acts in their own name. */
  readonly organisation?: Organisation
  /** Everything MyANM said, for what only one site understands (`bilan`, `entitlements`). */
  readonly claims: Readonly<Record<string, unknown>>
}

export interface Organisation {
  readonly id: string
  readonly name: string
  readonly bce?: string
  readonly role: Role
  /** The ANM has not checked it yet: what it would publish stays a draft (`decide` says so too). */
  readonly toCheck?: true
}

/** What `surroundings` gives to every page of a site. */
export interface Surroundings {
  readonly banner: Banner | null
  readonly notice: { readonly kind: NoticeKind; readonly text: string } | null
}

export interface RelyingParty {
  /**
   * Finds out who asks. One indexed read for who carries a session cookie, nothing for others; once a
   * minute the person's rights are read again from MyANM, and when it is away reading goes on.
   */
  readonly session: Middleware
  /** `/connexion`, `/retour`, `/deconnexion`, `/deconnecte`, `/deconnexion-centrale`. */
  routes(): Middleware
  /** Who asks, or undefined for a visitor. Below `session`. */
  person(ctx: Context): Person | undefined
  /**
   * Who asks, as MyANM knows them now: for every write.
   *
   * @throws Problem `signed-out` (401), `somebody-else` (409: the form was shown to another person),
   *   `myanm-away` (503, E32), `organisation-left` (403, E41)
   */
  freshPerson(ctx: Context): Promise<Person>
  /**
   * Lets signed-in people through. Others: a page sends to sign in and back, anything else is told so.
   *
   * @throws Problem `signed-out` (401)
   */
  readonly requirePerson: Middleware
  /** Props of the layout's banner; null before `session` has run. */
  banner(ctx: Context): Banner | null
  /** Where to sign in and come back to this page, or to another path of this site. */
  signInUrl(back: Context | string): string
  /** Where to register and come back, signed in. */
  registerUrl(back: Context | string): string
  /** Where to choose for whom to act, and come back. */
  switchUrl(back: Context | string): string
  /**
   * Where whoever this page refuses gets what it needs: they choose another organisation, accept an
   * invitation, ask for the role; and come back to it. With one line a refusal is never the end:
   * `needUrl(ctx, { organisation: person.organisation?.id, minimumRole: 'COLLABORATEUR' })`.
   */
  needUrl(back: Context | string, need: PageNeed): string
  /** Shows a sentence of the catalogue once, on this page or the next one this browser opens. */
  notify(ctx: Context, kind: NoticeKind, key: string): void
  /**
   * Reads from MyANM in the person's name: `api(ctx, '/api/equipe')`.
   *
   * @returns the JSON of a 200; undefined when MyANM has nothing to say to this person (403, 404)
   * @throws Problem `signed-out`, `myanm-away`
   */
  api(ctx: Context, path: string): Promise<unknown>
  /** What `createFrame` must know; `startSite` passes it on. */
  readonly frameOptions: Required<
    Pick<FrameOptions, 'sources' | 'formActions' | 'carriesOwnProof' | 'surroundings'>
  >
}
