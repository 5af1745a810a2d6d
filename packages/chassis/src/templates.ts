import { assetUrl, templateRoots } from '@myanm/ui'
import nunjucks from 'nunjucks'
import type { Translate } from './catalogue.ts'
import { formatAmount, formatCompanyNumber, formatDay, formatMoment } from './formats.ts'

const HTML = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' } as const

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => HTML[character as keyof typeof HTML])
}

/**
 * The nunjucks environment of a process: its own templates first, then those of `@myanm/ui` and the
 * component library. Escapes by default; an undefined value is a bug, not an empty string.
 */
export function createTemplates(roots: readonly string[]): nunjucks.Environment {
  const loader = new TranslatedComponents([...roots, ...templateRoots], { noCache: false })
  const environment = new nunjucks.Environment(loader, { autoescape: true })
  environment.addGlobal('assetUrl', assetUrl)
  environment.addFilter('companyNumber', formatCompanyNumber)
  environment.addFilter('day', formatDay)
  environment.addFilter('moment', formatMoment)
  environment.addFilter('amount', formatAmount)
  return environment
}

/**
 * The component library says « Error » before a mistake to those who listen to a page, and every
 * component that has mistakes would have to be told otherwise: the global `wordForError` is told once.
 */
class TranslatedComponents extends nunjucks.FileSystemLoader {
  override getSource(name: string): nunjucks.LoaderSource {
    const source = super.getSource(name)
    return source?.path.endsWith('/error-message/template.njk')
      ? { ...source, src: source.src.replace('default("Error")', 'default(wordForError)') }
      : source
  }
}

/**
 * French sets a space before : ; ? ! and inside « »; a moment has two around its dash. On a narrow screen
 * a plain one lets the mark begin the next line, alone; this one does not. In one place, so that no
 * sentence has to remember it.
 */
function keepMarksWithWords(text: string): string {
  return text.replaceAll(/ (?=[:;?!»]|- \d\d:)|(?<=«) |(?<=\d -) (?=\d\d:)/g, '\u00a0')
}

/** What templates call: `t` gives text (escaped on output), `rich` gives markup from our catalogue. */
export function wordsFor(translate: Translate) {
  const say: Translate = (key, values) => keepMarksWithWords(translate(key, values))
  return {
    t: say,
    rich: (key: string, values: Record<string, string | number> = {}) => {
      const escaped = Object.entries(values).map(([name, value]) => [
        name,
        typeof value === 'string' ? escapeHtml(value) : value,
      ])
      return new nunjucks.runtime.SafeString(say(key, Object.fromEntries(escaped)))
    },
  }
}
