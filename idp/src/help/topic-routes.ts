import type Router from '@koa/router'
import { render } from '@myanm/chassis'
import { bannerOf, type VisitNeeds, whoIsHere } from '#visits'
import { readPictures } from './pictures.ts'
import { TOPICS } from './rules.ts'

/** Help with pictures (M59, F97): signing in, running a team, handing it over (M61, M63). */
export function topicRoutes(router: Router, needs: VisitNeeds): void {
  const pictures = readPictures()
  const byPath = new Map([...pictures.values()].map((picture) => [picture.path, picture]))

  router.get('/aide', async (ctx) => {
    const visit = await whoIsHere(ctx, needs)
    render(ctx, 'help/pages/index.njk', { banner: bannerOf(visit), topics: TOPICS })
  })

  for (const topic of TOPICS) {
    router.get(topic.path, async (ctx) => {
      const visit = await whoIsHere(ctx, needs)
      render(ctx, 'help/pages/topic.njk', {
        banner: bannerOf(visit),
        topic,
        steps: topic.steps.map(({ key, picture }) => ({
          key,
          name: picture ?? null,
          picture: picture ? pictures.get(picture) : null,
        })),
        others: TOPICS.filter(({ key }) => key !== topic.key),
      })
    })
  }

  router.get('/aide/images/:name', (ctx) => {
    const picture = byPath.get(ctx.path)
    if (!picture) return
    ctx.type = 'webp'
    ctx.set('Cache-Control', 'public, max-age=31536000, immutable')
    ctx.body = picture.content
  })
}
