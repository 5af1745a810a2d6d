import { createFrame, type Frame, translate } from '@myanm/chassis'
import type { Context } from 'koa'
import { apiRoutes } from '#api'
import { contactRoutes } from '#contact'
import { diagnosisRoutes } from '#diagnoses'
import { footerLinks, helpRoutes } from '#help'
import { homeRoutes } from '#home'
import { interactionRoutes } from '#interactions'
import { invitationRoutes } from '#invitations'
import { joinRequestRoutes } from '#join-requests'
import { membershipRoutes } from '#memberships'
import { myAccountRoutes } from '#my-account'
import { myDataRoutes } from '#my-data'
import { myOrganisationsRoutes } from '#my-organisations'
import { isEngines } from '#oidc'
import { organisationDataRoutes } from '#organisation-data'
import { organisationJournalRoutes } from '#organisation-journal'
import { isStopLink, preferenceRoutes } from '#preferences'
import { recoveryRoutes } from '#recovery'
import { registrationRoutes } from '#registration'
import { securityRoutes } from '#security'
import { staffRoutes } from '#staff'
import { statusFooterLinks, statusRoutes } from '#status'
import { transferRoutes } from '#transfers'
import { returnRoutes } from '#visits'
import type { Services } from './services.ts'

/** MyANM as a Koa application: the frame, the protocol engine, its own pages, its API. */
export function createApp(services: Services): Frame {
  const { config, engine, log } = services
  const frame = createFrame({
    site: { key: 'myanm', name: 'MyANM', url: config.PUBLIC_URL },
    log,
    sources: [
      new URL('.', import.meta.url),
      new URL('.', import.meta.resolve('@myanm/permissions')),
    ],
    formKey: config.COOKIE_KEY,
    trustedProxies: config.TRUSTED_PROXIES,
    ready: services.ready,
    // The protocol's endpoints are called by programs, or carry a token of the engine; links that end a
    // newsletter are sealed, and posted to by mail programs (RFC 8058).
    carriesOwnProof: (path) => isEngines(path) || isStopLink(path),
    surroundings,
  })
  frame.app.keys = [config.COOKIE_KEY.reveal()]

  frame.app.use(engine.middleware)
  for (const routes of [
    returnRoutes(services),
    homeRoutes(services),
    myAccountRoutes(services),
    // « /organismes/inscrire » and « /organismes/rejoindre » before the pages of one organisation.
    registrationRoutes(services),
    joinRequestRoutes(services),
    myOrganisationsRoutes(services),
    membershipRoutes(services),
    organisationJournalRoutes(services),
    securityRoutes(services),
    organisationDataRoutes(services),
    interactionRoutes(services),
    recoveryRoutes(services),
    contactRoutes(services),
    helpRoutes(services),
    statusRoutes(services),
    myDataRoutes(services),
    preferenceRoutes(services),
    transferRoutes(services),
    invitationRoutes(services),
    staffRoutes(services),
    diagnosisRoutes(services),
    apiRoutes(services),
  ]) {
    frame.app.use(routes.routes()).use(routes.allowedMethods())
  }
  return frame
}

function surroundings(ctx: Context): object {
  return {
    footerLinks: [
      { text: translate(ctx, 'home.footer.sites'), href: '/' },
      ...footerLinks(ctx),
      ...statusFooterLinks(ctx),
    ],
  }
}
