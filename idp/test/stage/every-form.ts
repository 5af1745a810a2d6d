import type Router from '@koa/router'
import type { RunningIdp } from '@myanm/idp'
import { createApp } from '../../src/app.ts'

/** What stands in the place of a link, and of whatever else an address names. */
const LINK = `${'A'.repeat(22)}.${'B'.repeat(43)}`
const ANY = '0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000'

/**
 * Every address a form can be sent to, as the application itself knows them: a route that is added is
 * tested from that moment on. Those of the protocol engine are not among them: programs call them.
 */
export const everyForm = (services: RunningIdp['services']): string[] =>
  everyRoute(services, 'POST')

/** Every address that is a page. */
export const everyPage = (services: RunningIdp['services']): string[] => everyRoute(services, 'GET')

function everyRoute(services: RunningIdp['services'], method: 'GET' | 'POST'): string[] {
  const { app } = createApp(services)
  const routers = app.middleware.flatMap((middleware) => {
    const { router } = middleware as { router?: Router }
    return router ? [router] : []
  })
  const paths = routers.flatMap(({ stack }) =>
    stack.flatMap(({ methods, path }) =>
      methods.includes(method) && typeof path === 'string' ? [path] : [],
    ),
  )
  return [...new Set(paths)].sort()
}

/** One address of a route, on this journey: `/connexion/abcdefgh-1234`. */
export const addressOf = (route: string, uid: string): string =>
  route
    .replaceAll(/\{[^}]*\}/g, '')
    .replaceAll(/:(\w+)(\([^)]*\))?/g, (_, name: string) =>
      name === 'uid' ? uid : name === 'jeton' ? LINK : ANY,
    )
