import type { Context, Middleware } from 'koa'
import type nunjucks from 'nunjucks'
import type { Catalogue, Language } from './catalogue.ts'
import { CSRF_FIELD, csrfToken } from './csrf.ts'
import type { FrameOptions } from './frame-options.ts'
import { perRequest } from './per-request.ts'
import type { MessageValues } from './problem.ts'
import { wordsFor } from './templates.ts'

interface PagesOptions extends FrameOptions {
  readonly templates: nunjucks.Environment
  readonly catalogue: Catalogue
  readonly language: Language
}

const optionsOf = perRequest<PagesOptions>('pages')

/** Gives every request the means to show a page; `render` and `translate` below use them. */
export function pages(options: PagesOptions): Middleware {
  return async function pages(ctx, next) {
    optionsOf.set(ctx, options)
    await next()
  }
}

/** A sentence of the catalogue, in the visitor's language. */
export function translate(ctx: Context, key: string, values?: MessageValues): string {
  const { catalogue, language } = optionsOf.get(ctx)
  return catalogue.translate(language, key, values)
}

/**
 * Answers with a page.
 * @param template path below a source directory, such as `interactions/pages/password.njk`
 * @param props what the template shows; `form.errors` makes the status 422
 */
export function render(ctx: Context, template: string, props: object = {}): void {
  const { templates, language, site, surroundings } = optionsOf.get(ctx)
  const words = wordsFor((key, values) => translate(ctx, key, values))
  ctx.type = 'html'
  ctx.body = templates.render(template, {
    ...words,
    lang: language,
    site: { key: site.key, name: site.name, url: site.url.href, homeUrl: '/' },
    csrf: () => ({ name: CSRF_FIELD, value: csrfToken(ctx) }),
    reference: null,
    notice: null,
    banner: null,
    navigation: [],
    footerLinks: [],
    ...surroundings?.(ctx),
    ...props,
  })
}
