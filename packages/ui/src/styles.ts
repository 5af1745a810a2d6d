import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** In the order of the cascade: what is general first, what is particular last. */
export const STYLE_FILES = [
  'tokens.css',
  'fonts.css',
  'base.css',
  'layout.css',
  'banner.css',
  'header.css',
  'buttons.css',
  'forms.css',
  'choices.css',
  'feedback.css',
  'cards.css',
  'tables.css',
  'components.css',
  'offers.css',
  'rights.css',
  'help.css',
  'placing.css',
  'print.css',
] as const

/** What is said to whoever reads our files is not sent to whoever reads our pages. */
const COMMENTS = /\/\*[^]*?\*\/\n*/g

/** One stylesheet of all our files, `url(asset:NAME)` replaced by the address of that asset. */
export function readStyles(urlOf: (asset: string) => string): string {
  return STYLE_FILES.map((file) => readFileSync(join(import.meta.dirname, 'styles', file), 'utf8'))
    .join('\n')
    .replaceAll(COMMENTS, '')
    .replaceAll(/url\(asset:([\w.-]+)\)/g, (_, asset: string) => `url(${urlOf(asset)})`)
}
