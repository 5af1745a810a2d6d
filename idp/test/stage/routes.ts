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
  '/mot-de-passe/oublie',
  '/mot-de-passe/oublie/envoye',
  '/mot-de-passe/change',
  '/mot-de-passe/un-lien-qui-n-existe-pas',
  '/connexion/:uid/premiere-connexion',
  '/connexion/:uid/premiere-connexion/adresse',
  '/connexion/:uid/nouveau-mot-de-passe',
  '/contact',
  '/contact/envoye',
  '/identifiant-oublie',
  '/aide',
  '/aide/connexion',
  '/aide/premiere-connexion',
  '/aide/mot-de-passe',
  '/aide/login',
  '/mentions-legales',
  '/vie-privee',
  '/accessibilite',
  '/conditions',
  '/compte/preferences',
  '/newsletter/un-lien-qui-n-existe-pas',
  '/newsletter/arret/un-lien-qui-n-existe-pas',
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
  '/mot-de-passe/oublie',
  '/mot-de-passe/oublie/envoye',
  '/mot-de-passe/un-lien-qui-n-existe-pas',
  '/connexion/:uid/premiere-connexion',
  '/connexion/:uid/premiere-connexion/encore',
  '/connexion/:uid/premiere-connexion/adresse',
  '/connexion/:uid/nouveau-mot-de-passe',
  '/contact',
  '/identifiant-oublie',
  '/compte/preferences',
  '/compte/preferences/renvoyer',
  '/compte/preferences/code',
  '/newsletter/un-lien-qui-n-existe-pas',
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
