import type { Context } from 'koa'

// Links open in a tab of their own, which is free of the sandbox; nothing runs, nothing is fetched, so that a mail
// can neither act on this page nor tell its sender that it was read.
const PERMISSIONS = 'allow-popups allow-popups-to-escape-sandbox'

const POLICY = [
  "default-src 'none'",
  'img-src data:',
  "style-src 'unsafe-inline'",
  "frame-ancestors 'self'",
  `sandbox ${PERMISSIONS}`,
].join('; ')

/** Answers with the HTML of a mail, to be shown in a frame and harmless even when opened by itself. */
export function shownAlone(ctx: Context, html: string): void {
  ctx.set('Content-Security-Policy', POLICY)
  ctx.set('X-Frame-Options', 'SAMEORIGIN')
  ctx.type = 'html'
  ctx.body = `<!doctype html><meta charset="utf-8"><base target="_blank">${html}`
}
