import type Router from '@koa/router'
import { sealReturn } from '#rules/visits'
import { goToSignIn } from '#visits'
import type { RegistrationNeeds } from './needs.ts'
import { PROFILES } from './rules.ts'

/** « Inscrivez-vous » on MyANM itself: a request of its own, that asks to register (`prompt=create`). */
export function entranceRoutes(router: Router, needs: RegistrationNeeds): void {
  const { config } = needs
  const begin = { prompt: 'create', state: sealReturn('/compte', config.COOKIE_KEY.reveal()) }

  router.get('/inscription', (ctx) => goToSignIn(ctx, needs, begin))
  for (const profil of PROFILES) {
    router.get(`/inscription/${profil}`, (ctx) => goToSignIn(ctx, needs, { ...begin, profil }))
  }
}
