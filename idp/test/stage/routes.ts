/** Every address MyANM answers at, for tests that visit them all. `:uid` stands for a journey. */
export const PAGES = [
  '/',
  '/compte',
  '/compte/retour',
  '/connexion/:uid',
  '/connexion/:uid/mot-de-passe',
  '/contexte/:uid',
  '/consentement/:uid',
  '/authorize',
  '/authorize/:uid',
  '/logout',
  '/logout/success',
] as const

export const FORMS = [
  '/connexion/:uid',
  '/connexion/:uid/mot-de-passe',
  '/connexion/:uid/annuler',
  '/contexte/:uid',
  '/contexte/:uid/annuler',
  '/consentement/:uid',
  '/consentement/:uid/annuler',
  '/logout/confirm',
] as const

export const ENDPOINTS = [
  '/token',
  '/introspect',
  '/revoke',
  '/par',
  '/userinfo',
  '/authorize',
  '/logout',
] as const

export const DOCUMENTS = [
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
  '/jwks',
  '/sante',
  '/sante/prete',
  '/api/equipe',
] as const

export const NOWHERE = ['/inconnue', '/.well-known/inconnu', '/token/inconnu', '/assets/x'] as const

export const EVERYWHERE = [
  ...new Set<string>([...PAGES, ...FORMS, ...ENDPOINTS, ...DOCUMENTS, ...NOWHERE]),
]

export const pathFor = (route: string, uid = 'abcdefgh-1234'): string => route.replace(':uid', uid)
