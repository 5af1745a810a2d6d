import Router from '@koa/router'
import { confirmationRoutes } from './confirmation-routes.ts'
import { entranceRoutes } from './entrance-routes.ts'
import { formRoutes } from './form-routes.ts'
import { createRegistrationLimits } from './limits.ts'
import type { RegistrationNeeds } from './needs.ts'
import { organisationRoutes } from './organisation-routes.ts'
import { ownOrganisationRoutes } from './own-organisation-routes.ts'
import { signedInRoutes } from './signed-in-routes.ts'
import { waitingRoutes } from './waiting-routes.ts'

/**
 * From « Inscrivez-vous » to the site one came from:
 *
 *     (request, prompt=create) ──▶ profile ──▶ form ──▶ waiting ──▶ link or code ──▶ (back to the site)
 *                                     │          ▲         │  ▲
 *                                     │          │         ├──┤ « Renvoyer l'e-mail »
 *                                     └─ already signed in └──┘ « Corriger l'adresse »
 *
 * Of an organisation: number ──▶ person ──▶ organisation ──▶ check ──▶ waiting; one that is here already
 * is asked to let the person in, once their mailbox is proven. Somebody signed in registers theirs below
 * `/organismes/inscrire`.
 */
export function registrationRoutes(needs: Omit<RegistrationNeeds, 'limits'>): Router {
  const router = new Router()
  const own = { ...needs, limits: createRegistrationLimits(needs) }
  for (const routes of [
    entranceRoutes,
    formRoutes,
    organisationRoutes,
    ownOrganisationRoutes,
    signedInRoutes,
    waitingRoutes,
    confirmationRoutes,
  ]) {
    routes(router, own)
  }
  return router
}
