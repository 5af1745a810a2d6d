import * as oauth from 'openid-client'
import { CALLBACK, clientSecret, PASSWORD } from './scene.ts'
import { type Page, Visitor } from './visitor.ts'

/**
 * Fills in the two steps of the sign-in page that is in front of the visitor; who is asked for somebody
 * else's password says first that it is not them.
 */
export async function typeCredentials(
  visitor: Visitor,
  login: string,
  password: string = PASSWORD,
): Promise<Page> {
  const isAskedAgain = visitor.page?.url.pathname.endsWith('/mot-de-passe')
  if (isAskedAgain) await visitor.follow('ce n’est pas moi')
  await visitor.submit({ fields: { identifiant: login } })
  return visitor.submit({ fields: { mot_de_passe: password } })
}

/** An independent client: a certified library, no code of ours. */
export async function discover(
  issuer: URL,
  clientId = 'partner',
  secret = clientSecret,
): Promise<oauth.Configuration> {
  return oauth.discovery(issuer, clientId, {}, oauth.ClientSecretBasic(secret), {
    execute: [oauth.allowInsecureRequests],
  })
}

export interface Flow {
  readonly url: URL
  readonly verifier: string
  readonly state: string
  readonly nonce: string
}

/** An authorization request with PKCE, state and nonce. */
export async function beginFlow(
  configuration: oauth.Configuration,
  parameters: Readonly<Record<string, string>> = {},
): Promise<Flow> {
  const verifier = oauth.randomPKCECodeVerifier()
  const state = oauth.randomState()
  const nonce = oauth.randomNonce()
  const url = oauth.buildAuthorizationUrl(configuration, {
    redirect_uri: CALLBACK,
    scope: 'openid profile email compte organisation',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...parameters,
  })
  return { url, verifier, state, nonce }
}

/** Redeems the code in a callback address, with every check the library makes. */
export function redeem(configuration: oauth.Configuration, flow: Flow, callback: URL) {
  return oauth.authorizationCodeGrant(configuration, callback, {
    pkceCodeVerifier: flow.verifier,
    expectedState: flow.state,
    expectedNonce: flow.nonce,
  })
}

/** A visitor who stops where the client of the tests would take over. */
export const newVisitor = (): Visitor => new Visitor({ stopAt: (url) => url.port === '9999' })

/** Agrees to share when asked, chooses an organisation by name when asked. */
export async function answerQuestions(
  visitor: Visitor,
  organisation = 'Les Tilleuls ASBL',
): Promise<Page> {
  let page = visitor.page as Page
  if (page.url.pathname.startsWith('/contexte/')) {
    const button = page
      .$('button[name=organisation]')
      .toArray()
      .find((element) => page.$(element).text().includes(organisation))
    const value = button && page.$(button).attr('value')
    if (value === undefined) throw new Error(`No choice ${organisation}: ${page.text}`)
    page = await visitor.submit({ form: '.choice-list', button: { name: 'organisation', value } })
  }
  if (page.url.pathname.startsWith('/consentement/')) {
    page = await visitor.submit({
      form: 'form[action^="/consentement/"]',
      button: { name: 'decision', value: 'oui' },
    })
  }
  return page
}

/** From nothing to tokens: request, password, questions, code. */
export async function signInAs(
  issuer: URL,
  login: string,
  options: {
    readonly client?: string
    readonly organisation?: string
    readonly parameters?: Readonly<Record<string, string>>
    readonly visitor?: Visitor
  } = {},
) {
  const configuration = await discover(issuer, options.client)
  const flow = await beginFlow(configuration, options.parameters)
  const visitor = options.visitor ?? newVisitor()
  await visitor.go(flow.url)
  if (visitor.page?.url.pathname.startsWith('/connexion/')) await typeCredentials(visitor, login)
  const page = await answerQuestions(visitor, options.organisation)
  if (page.url.port !== '9999') throw new Error(`Not back at the client: ${page.url} ${page.text}`)
  const tokens = await redeem(configuration, flow, page.url)
  return { configuration, visitor, tokens, callback: page.url, flow }
}
