import { globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { IntlMessageFormat } from 'intl-messageformat'
import nunjucks from 'nunjucks'
import { assets, assetUrl } from './assets.ts'
import { gallery } from './gallery.ts'
import type { Banner, LayoutProps, ProblemProps, SignOutProps, SiteKey } from './page-props.ts'
import { SITE_KEYS } from './page-props.ts'
import { templateRoots } from './roots.ts'

const TEMPLATES = join(import.meta.dirname, 'templates')
const messages = JSON.parse(
  readFileSync(join(import.meta.dirname, 'messages.fr.json'), 'utf8'),
) as Record<string, string>

const environment = new nunjucks.Environment(new nunjucks.FileSystemLoader(templateRoots), {
  autoescape: true,
  throwOnUndefined: true,
})
environment.addGlobal('assetUrl', assetUrl)

type Values = Record<string, string | number>

function t(key: string, values: Values = {}): string {
  const text = messages[key]
  if (text === undefined) throw new Error(`No message ${key}`)
  return String(new IntlMessageFormat(text, 'fr-BE', undefined, { ignoreTag: true }).format(values))
}

function rich(key: string, values: Values = {}): nunjucks.runtime.SafeString {
  const escaped = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'string' ? value.replaceAll('<', '&lt;').replaceAll('>', '&gt;') : value,
  ])
  return new nunjucks.runtime.SafeString(t(key, Object.fromEntries(escaped)))
}

function site(key: SiteKey) {
  return { key, name: `Le site ${key}`, url: `https://${key}.example`, homeUrl: '/' }
}

const anonymous: Banner = { kind: 'anonymous', signInUrl: '/connexion' }
const person: Banner = {
  kind: 'person',
  name: 'Anne Dupont',
  accountUrl: 'https://myanm.example/compte',
  signOutUrl: '/deconnexion',
}

function page(template: string, props: Partial<LayoutProps> & object): string {
  const layout: LayoutProps = { lang: 'fr', site: site('myanm'), banner: null }
  return environment.render(template, { t, rich, ...layout, ...props })
}

const EMPTY = '{% extends "layout.njk" %}{% block title %}Essai{% endblock %}'

function layout(props: Partial<LayoutProps>): string {
  const variables: LayoutProps = { lang: 'fr', site: site('myanm'), banner: null, ...props }
  return environment.renderString(EMPTY, { t, rich, ...variables })
}

function call(folder: string, macro: string, props: readonly unknown[]): string {
  const names = props.map((_, position) => `argument${position}`)
  const template = `{% from "components/${folder}/macro.njk" import ${macro} %}{{ ${macro}(${names.join(', ')}) }}`
  const values = Object.fromEntries(props.map((value, position) => [names[position], value]))
  return environment.renderString(template, values)
}

/** Every text of the props becomes markup, keys and kinds excepted: none may come out as such. */
function hostile(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => hostile(item, name))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hostile(item, key)]))
  }
  const closed = /^(kind|size|level|role|current)$/.test(name)
  return typeof value === 'string' && !closed ? `"><script>${value}</script>` : value
}

describe('components', () => {
  test('every folder is in the gallery', () => {
    const folders = readdirSync(join(TEMPLATES, 'components'))
    expect(gallery.map((component) => component.folder)).toEqual(folders.sort())
  })

  describe.each(gallery)('$macro', ({ folder, macro, examples }) => {
    test.each(Object.keys(examples))('shows %s', (name) => {
      const html = call(folder, macro, examples[name] ?? [])
      expect(html).toMatch(/^\s*<\w/)
      expect(html).not.toMatch(/undefined|null|\[object/)
    })

    test.each(Object.keys(examples))('escapes its texts: %s', (name) => {
      if (macro === 'mark') return
      const html = call(
        folder,
        macro,
        (examples[name] ?? []).map((value) => hostile(value)),
      )
      expect(html).not.toContain('<script>')
      expect(html).not.toContain('""')
    })
  })

  test('a partner without a mark has a neutral strip', () => {
    const html = call('site-strip', 'siteStrip', ['partner-42', rich('ui.banner.site-of')])
    expect(html).toContain('site-strip--neutral')
    expect(html).toContain('<strong>Agence pour le Non-Marchand</strong>')
    expect(html).not.toContain('<svg')
  })
})

describe('the layout', () => {
  test.each(SITE_KEYS)('wears the accent, the mark and the icon of %s', (key) => {
    const html = layout({ site: site(key) })
    expect(html).toContain(`<html lang="fr" data-site="${key}">`)
    expect(html).toContain(`<title>Essai – Le site ${key}</title>`)
    expect(html).toContain(assetUrl(`favicon-${key}.svg`))
    expect(html).toContain('class="mark"')
  })

  test('begins with the way to the content', () => {
    const body = layout({}).split('<body>')[1] ?? ''
    expect(body.trim()).toMatch(/^<a class="skip-link" href="#contenu">Aller au contenu<\/a>/)
    expect(body).toContain('<main id="contenu"')
  })

  test('shows nothing at the right of the banner when there is nothing to offer', () => {
    expect(layout({ banner: null })).not.toContain('<nav')
  })

  test('offers to sign in, and to register where that exists', () => {
    expect(layout({ banner: anonymous })).toContain('<a href="/connexion">Connectez-vous</a>')
    expect(layout({ banner: anonymous })).not.toContain('Inscrivez-vous')
    const both = layout({ banner: { ...anonymous, registerUrl: '/inscription' } })
    expect(both).toContain('<a href="/inscription">Inscrivez-vous</a>')
  })

  test('says in whose name the person acts, and how to change', () => {
    const own = layout({ banner: person })
    expect(own).toContain('Anne Dupont · en mon nom')
    expect(own).not.toContain('changer')
    const organisation = layout({
      banner: { ...person, organisation: 'Les <Tilleuls>', switchUrl: '/changer' },
    })
    expect(organisation).toContain('au nom de <strong>Les &lt;Tilleuls&gt;</strong>')
    expect(organisation).toContain('<a href="/changer">changer<')
    const role = layout({ banner: { ...person, organisation: 'Les Tilleuls', role: 'lecteur' } })
    expect(role).toContain('<strong>Les Tilleuls</strong> (lecteur)')
  })

  test('leads to the account and to a page that signs out', () => {
    const html = layout({ banner: person })
    expect(html).toContain('<a href="https://myanm.example/compte">Gérer mon compte</a>')
    expect(html).toContain('<a href="/deconnexion">Se déconnecter</a>')
  })

  test('tells the current section, what just happened and the reference of the page', () => {
    const html = layout({
      navigation: [
        { text: 'Emplois', href: '/offres', current: true },
        { text: 'Agenda', href: '/agenda' },
      ],
      notice: { kind: 'good', text: 'C’est fait.' },
      reference: '7F3K-22',
      footerLinks: [{ text: 'Nederlands', href: '/nl', lang: 'nl' }],
    })
    expect(html).toContain('<a href="/offres" aria-current="page">Emplois</a>')
    expect(html).toContain('class="notice notice--good" role="status"')
    expect(html).toContain('7F3K-22')
    expect(html).toContain('<a href="/nl" lang="nl" hreflang="nl">Nederlands</a>')
  })

  test('holds neither style nor script, and loads nothing from elsewhere', () => {
    const html = layout({ banner: person, notice: { kind: 'bad', text: 'Non.' } })
    expect(html).not.toMatch(/<script|<style|\sstyle=|\son\w+=/)
    const paths = assets.files.map((file) => file.path)
    for (const [, href = ''] of html.matchAll(/<(?:link|img)[^>]*?(?:href|src)="([^"]+)"/g)) {
      expect(paths).toContain(href)
    }
  })

  test('announces the mistakes of a form in the title and first on the page', () => {
    const template =
      '{% extends "layout.njk" %}{% block title %}Essai{% endblock %}' +
      '{% block main %}{% include "partials/form-errors.njk" %}{% endblock %}'
    const render = (form: object) =>
      environment.renderString(template, {
        ...{ t, rich, form },
        ...({ lang: 'fr', site: site('myanm'), banner: null } satisfies LayoutProps),
      })
    const html = render({ errors: { email: 'ui.skip-link', password: 'ui.way.home' } })
    expect(html).toContain('<title>Erreur\u00a0: Essai')
    expect(html).toContain('Il y a 2 erreurs à corriger')
    expect(html).toContain('<a href="#email">Aller au contenu</a>')
    expect(render({ errors: { '': 'ui.skip-link' } })).toContain('<li>Aller au contenu</li>')
    expect(render({ errors: {} })).not.toContain('error-summary')
  })
})

describe('the shared pages', () => {
  test('a problem explains itself and leads on', () => {
    const csrf = { name: 'csrf', value: 'a1b2c3' }
    const props: ProblemProps = {
      title: 'Vous ne pouvez pas encore publier',
      explanation: 'Publier demande un autre rôle.',
      ways: [
        { title: 'Changer', text: 'Continuer avec Le Passage', href: '/changer', primary: true },
        { title: 'Demander', text: 'Envoyer', post: { action: '/demandes', csrf } },
        { text: 'Petites annonces', href: '/petites-annonces' },
      ],
    }
    const html = page('pages/problem.njk', { ...props, reference: '7F3K-22' })
    expect(html).toContain('<h1>Vous ne pouvez pas encore publier</h1>')
    expect(html).toContain('<a class="govuk-button" href="/changer">')
    expect(html).toContain('<form class="post-button" method="post" action="/demandes">')
    expect(html).toContain('<a class="govuk-button govuk-button--quiet" href="/petites-annonces">')
    expect(html).toContain('7F3K-22')
  })

  test('signing out asks from where, and can be declined', () => {
    const csrf = { name: 'csrf', value: 'a1b2c3' }
    const props: SignOutProps = {
      signOut: {
        here: { action: '/deconnexion', csrf },
        everywhere: { action: '/deconnexion', csrf, fields: { partout: 'oui' } },
        stayUrl: '/offres',
      },
    }
    const html = page('pages/sign-out.njk', { ...props, site: site('monasbl') })
    expect(html).toContain('Se déconnecter de Le site monasbl')
    expect(html).toContain('Se déconnecter de tous les sites')
    expect(html).toContain('<input type="hidden" name="partout" value="oui">')
    expect(html).toContain('<a href="/offres">Rester connecté</a>')
  })

  test('on MyANM, signing out is from everywhere', () => {
    const csrf = { name: 'csrf', value: 'a1b2c3' }
    const props: SignOutProps = {
      signOut: { everywhere: { action: '/deconnexion', csrf }, stayUrl: '/' },
    }
    const html = page('pages/sign-out.njk', props)
    expect(html.match(/<form/g)).toHaveLength(1)
  })
})

describe('messages', () => {
  const templates = globSync('**/*.njk', { cwd: TEMPLATES })
    .map((file) => readFileSync(join(TEMPLATES, file), 'utf8'))
    .join('\n')
  const used = new Set([...templates.matchAll(/(?:t|rich)\('(ui\.[\w.-]+)'/g)].map((m) => m[1]))

  test('every key our templates use is in the catalogue, and the other way round', () => {
    // Said by the frame on every problem.
    expect(Object.keys(messages).sort()).toEqual([...used, 'ui.way.home'].sort())
  })

  test('they are typeset: curly apostrophes, unbreakable space before double signs', () => {
    for (const text of Object.values(messages)) expect(text).not.toMatch(/'| [?!:;»]|« /)
  })
})
