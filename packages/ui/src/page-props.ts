/**
 * What templates read. Every text arrives translated and is escaped on output; `Html` alone may be
 * markup, as a `SafeString` made from one of our catalogues.
 */

/** The five sites, and the local mailbox of the demonstration. */
export const SITE_KEYS = ['myanm', 'guide-social', 'monasbl', 'sweeli', 'bilan', 'mailbox'] as const
export type SiteKey = (typeof SITE_KEYS)[number]

/** Text, escaped on output, or a nunjucks `SafeString`, written as it is. */
export type Html = string | { readonly length: number; toString(): string }

export interface Site {
  /** Chooses accent, mark and favicon. */
  readonly key: SiteKey
  readonly name: string
  /** Origin of the site. */
  readonly url: string
  /** Where the mark leads. */
  readonly homeUrl: string
}

export interface Link {
  readonly text: string
  readonly href: string
  /** Language of the text when it is not the page's (« Nederlands »). */
  readonly lang?: string
}

export interface NavigationItem {
  readonly text: string
  readonly href: string
  readonly current?: boolean
}

/** The hidden field that proves a form comes from our own page. */
export interface Csrf {
  readonly name: string
  readonly value: string
}

/** The right side of the ANM banner. */
export type Banner =
  | { readonly kind: 'anonymous'; readonly signInUrl: string; readonly registerUrl?: string }
  | {
      readonly kind: 'person'
      readonly name: string
      /** Name of the organisation acted for; absent: « en mon nom ». */
      readonly organisation?: string
      /** Label of the role there, translated. */
      readonly role?: string
      /** Absent when there is nothing to change to. */
      readonly switchUrl?: string
      readonly accountUrl: string
      /** A page that asks « de ce site » or « de tous les sites ». */
      readonly signOutUrl: string
    }

export type NoticeKind = 'good' | 'bad' | 'wait'

export interface Notice {
  readonly kind: NoticeKind
  readonly text: Html
}

/** A form with one button. */
export interface Post {
  readonly action: string
  readonly csrf: Csrf
  /** Hidden fields besides the CSRF one. */
  readonly fields?: Readonly<Record<string, string>>
}

/** What one may do next: a link, or a form with one button. */
export type Action = { readonly text: string } & (
  | { readonly href: string }
  | { readonly post: Post }
)

/** The variables of `layout.njk`, besides the functions `t`, `rich` and `assetUrl`. */
export interface LayoutProps {
  readonly lang: string
  readonly site: Site
  readonly banner: Banner | null
  readonly navigation?: readonly NavigationItem[]
  readonly notice?: Notice | null
  /** Mistakes of the form on this page (field → key of its message): the title begins with « Erreur ». */
  readonly form?: { readonly errors?: Readonly<Record<string, string>> }
  readonly footerLinks?: readonly Link[]
  /** Short reference a person can read to the support. */
  readonly reference?: string | null
}

/** A way out of a refusal. With a title it is a card, without it a button or a link. */
export type Way = Action & {
  readonly title?: string
  readonly explanation?: Html
  /** The one most people want. */
  readonly primary?: boolean
}

/** The variable `side` of `side-page.njk`: pages of one kind, beside each of them. */
export interface SidePageProps {
  readonly title: string
  readonly entries: readonly NavigationItem[]
}

/** The variables of `pages/problem.njk`. */
export interface ProblemProps {
  readonly title: string
  readonly explanation?: Html
  readonly ways?: readonly Way[]
}

/** The variables of `pages/sign-out.njk`. */
export interface SignOutProps {
  readonly signOut: {
    /** Absent on MyANM, where leaving means leaving everywhere. */
    readonly here?: Post
    readonly everywhere: Post
    readonly stayUrl: string
  }
}
