import Router from '@koa/router'
import { render } from '@myanm/chassis'
import type { SiteDefinition } from '../../src/index.ts'

/** The least of a site: a public page, a page for who is signed in, a write, a question to MyANM. */
export const testSite: SiteDefinition = {
  key: 'monasbl',
  name: 'MonASBL',
  sources: [new URL('.', import.meta.url)],
  navigation: [{ key: 'test.home', href: '/' }],
  routes: ({ myanm }) => {
    const router = new Router()
    router.get('/', (ctx) => render(ctx, 'pages/test-home.njk'))
    router.get('/qui', (ctx) => {
      const person = myanm.person(ctx)
      ctx.body = person ? { ...person, claims: undefined } : { visitor: true }
    })
    router.get('/prive', myanm.requirePerson, (ctx) => render(ctx, 'pages/test-home.njk'))
    router.post('/ecrire', myanm.requirePerson, async (ctx) => {
      const { sub, organisation } = await myanm.freshPerson(ctx)
      ctx.body = { sub, role: organisation?.role ?? null }
    })
    router.get('/equipe', myanm.requirePerson, async (ctx) => {
      ctx.body = { team: (await myanm.api(ctx, '/api/equipe')) ?? null }
    })
    return [router]
  },
}
