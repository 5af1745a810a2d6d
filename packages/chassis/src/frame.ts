import { fileURLToPath } from 'node:url'
import Koa, { type Middleware } from 'koa'
import { assets } from './assets.ts'
import { boundary } from './boundary.ts'
import { canonicalRequest } from './canonical-request.ts'
import { type Catalogue, FIRST_LANGUAGE, type Language, readCatalogue } from './catalogue.ts'
import { isHttps } from './config.ts'
import { csrfProtection } from './csrf.ts'
import type { FrameOptions } from './frame-options.ts'
import { health } from './health.ts'
import { pages } from './pages.ts'
import { requestLimits } from './request-limits.ts'
import { requestLog } from './request-log.ts'
import { securityHeaders } from './security-headers.ts'
import { createTemplates } from './templates.ts'

export interface Frame {
  readonly app: Koa
  readonly catalogue: Catalogue
  readonly language: Language
}

/**
 * The frame every process of ours stands on. What it guarantees, in this order, for every response:
 * a log line, an error page that leads on, our own address whatever the headers say, limits, strict
 * headers, health, static files, CSRF on every form.
 */
export function createFrame(options: FrameOptions): Frame {
  const directories = options.sources.map((source) => fileURLToPath(source))
  const catalogue = readCatalogue([...OWN_MESSAGES, ...directories])
  const templates = createTemplates(directories)
  templates.addGlobal('wordForError', catalogue.translate(FIRST_LANGUAGE, 'frame.error'))
  // Koa then takes the protocol from a header that `canonicalRequest` alone writes.
  const app = new Koa({ proxy: isHttps(options.site.url) })

  const order: Middleware[] = [
    requestLog(options.log),
    securityHeaders({ publicUrl: options.site.url, formActions: options.formActions ?? [] }),
    pages({ ...options, templates, catalogue, language: FIRST_LANGUAGE }),
    boundary(options.log),
    health(options.ready),
    canonicalRequest({ publicUrl: options.site.url, trustedProxies: options.trustedProxies }),
    requestLimits(),
    assets(),
    csrfProtection({
      key: options.formKey,
      publicUrl: options.site.url,
      carriesOwnProof: options.carriesOwnProof ?? (() => false),
    }),
  ]
  for (const step of order) app.use(step)
  // The boundary answers everything; what reaches Koa itself is a broken connection.
  app.on('error', (error) => options.log.warn({ err: error }, 'response could not be sent'))
  return { app, catalogue, language: FIRST_LANGUAGE }
}

/** Words of the frame itself and of the look, known to every process. */
const OWN_MESSAGES = [
  new URL('.', import.meta.url),
  new URL('.', import.meta.resolve('@myanm/ui')),
].map((source) => fileURLToPath(source))
