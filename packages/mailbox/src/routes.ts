import { readFile } from 'node:fs/promises'
import Router from '@koa/router'
import { frameProblem, render } from '@myanm/chassis'
import type { Context } from 'koa'
import type { Box } from './box.ts'
import type { Message } from './message.ts'
import { shownAlone } from './sandbox.ts'
import { asJson, inFull, inList } from './views.ts'

const STYLES = new URL('mailbox.css', import.meta.url)

/** Whether a path is for programs. These bring no form token: another site's page cannot send DELETE here. */
export const isForPrograms = (path: string) => path === '/api/messages'

export function routes(box: Box): Router {
  const router = new Router()

  const wanted = (ctx: Context & { params: Record<string, string> }): Message => {
    const message = box.find(ctx.params['id'] ?? '')
    if (!message) throw frameProblem('not-found')
    return message
  }
  const address = (ctx: Context): string | undefined => {
    const asked = ctx.query['to']
    return typeof asked === 'string' && asked !== '' ? asked : undefined
  }

  router.get('/', (ctx) => {
    const to = address(ctx)
    render(ctx, 'pages/inbox.njk', { to, messages: box.list(to).map(inList) })
  })
  router.get('/messages/:id', (ctx) => {
    render(ctx, 'pages/message.njk', { message: inFull(wanted(ctx)) })
  })
  router.get('/messages/:id/contenu', (ctx) => shownAlone(ctx, wanted(ctx).html))
  router.get('/messages/:id/source', async (ctx) => {
    ctx.type = 'text/plain; charset=utf-8'
    ctx.body = await box.source(wanted(ctx))
  })
  router.post('/vider', async (ctx) => {
    await box.empty()
    ctx.status = 303
    ctx.redirect('/')
  })
  router.get('/mailbox.css', async (ctx) => {
    ctx.type = 'css'
    ctx.body = await readFile(STYLES)
  })
  router.get('/api/messages', (ctx) => {
    ctx.body = box.list(address(ctx)).map(asJson)
  })
  router.get('/api/messages/:id', (ctx) => {
    ctx.body = asJson(wanted(ctx))
  })
  router.delete('/api/messages', async (ctx) => {
    await box.empty()
    ctx.status = 204
  })
  return router
}
