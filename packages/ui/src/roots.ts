import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)

/**
 * Where nunjucks looks, in this order: our templates, then the component library (`govuk/…`).
 */
export const templateRoots: string[] = [
  join(import.meta.dirname, 'templates'),
  join(dirname(require.resolve('govuk-frontend/package.json')), 'dist'),
]
