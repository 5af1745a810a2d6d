import { expect, test } from '@jest/globals'
import nunjucks from 'nunjucks'
import { createTemplates, escapeHtml, wordsFor } from './templates.ts'

const NASTY = `<script>alert("x")</script>&'`

test('what was typed is text, never markup', () => {
  expect(escapeHtml(NASTY)).toBe('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;')
})

test('markup of a sentence is ours; what is put into it is escaped, once', () => {
  const words = wordsFor((_key, values) => `<strong>${values?.['site']}</strong>`)
  const environment = new nunjucks.Environment(null, { autoescape: true })
  const render = (template: string) => environment.renderString(template, { ...words, NASTY })
  expect(render('{{ rich("key", { site: NASTY }) }}')).toBe(`<strong>${escapeHtml(NASTY)}</strong>`)
  expect(render('{{ t("key", { site: "<b>" }) }}')).toBe(escapeHtml('<strong><b></strong>'))
})

test('what French sets a space before stays on its line, in a sentence and in markup', () => {
  const said = 'Dit : « Déjà ? » le dim 22/11/2026 - 11:34 ; à {who} - bientôt'
  const words = wordsFor((_key, values) => said.replace('{who}', `${values?.['who']}`))
  const together = 'Dit_: «_Déjà_?_» le dim 22/11/2026_-_11:34_; à <b> - bientôt'
  const kept = together.replaceAll('_', '\u00a0')
  expect(words.t('key', { who: '<b>' })).toBe(kept)
  expect(String(words.rich('key', { who: '<b>' }))).toBe(kept.replace('<b>', '&lt;b&gt;'))
})

test('a mistake beside a field is told in our language to those who listen, too', () => {
  const environment = createTemplates([])
  environment.addGlobal('wordForError', 'Erreur')
  const page = environment.renderString(
    `{% from "govuk/components/input/macro.njk" import govukInput %}
    {{ govukInput({ id: 'a', name: 'a', label: { text: 'A' }, errorMessage: { text: 'Vide' } }) }}`,
    {},
  )
  expect(page).toMatch(/Erreur:<\/span>\s*Vide/)
  expect(page).not.toContain('Error')
})
