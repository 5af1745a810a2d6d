import type { Page, Visitor } from '@myanm/testing'
import { Secret, TOTP } from 'otpauth'
import { SoftwareAuthenticator } from './software-authenticator.ts'

/** Signs in with login and password, and stops wherever that leads. */
export type SignIn = (visitor: Visitor) => Promise<Page>

/** The questions a page puts to a browser that knows passkeys. */
export function questionOn({ $ }: Page) {
  const asked = $('form[data-passkey]').attr('data-options')
  if (asked === undefined) throw new Error('No passkey is asked for on this page')
  return JSON.parse(asked) as {
    challenge: string
    rpId?: string
    user?: { id: string }
    allowCredentials?: { id: string }[]
  }
}

/** Sets up a passkey on the page of one's account; the visitor is signed in, and recently. */
export async function addsPasskey(
  visitor: Visitor,
  issuer: URL,
  kind: 'synced' | 'bound' = 'bound',
): Promise<SoftwareAuthenticator> {
  const authenticator = new SoftwareAuthenticator(issuer, kind)
  const page = await visitor.go(new URL('/compte/securite/cle', issuer))
  const done = await visitor.submit({
    form: 'form[data-passkey]',
    fields: { nom: 'Ma clé', reponse: authenticator.create(questionOn(page)) },
  })
  if (done.status !== 200) throw new Error(`${done.status} ${done.text}`)
  return authenticator
}

/** An application of codes on somebody's phone. */
export interface CodeApplication {
  /** The code it shows now, or so many steps from now. */
  code(steps?: number): string
}

export async function addsApplication(visitor: Visitor, issuer: URL): Promise<CodeApplication> {
  const page = await visitor.go(new URL('/compte/securite/application', issuer))
  const application = applicationOf(page.$('.written-secret').text())
  // The step before: what is set up now can be used now.
  const done = await visitor.submit({
    form: 'form[action^="/compte/securite/application"]',
    fields: { code: application.code(-1) },
  })
  if (done.status !== 200) throw new Error(`${done.status} ${done.text}`)
  return application
}

export function applicationOf(shown: string): CodeApplication {
  const totp = new TOTP({ secret: Secret.fromBase32(shown.replaceAll(' ', '')) })
  return { code: (steps = 0) => totp.generate({ timestamp: Date.now() + steps * 30_000 }) }
}

export async function makesRecoveryCodes(visitor: Visitor, issuer: URL): Promise<string[]> {
  const page = await visitor.go(new URL('/compte/securite/codes', issuer))
  const codes = page
    .$('.written-codes code')
    .toArray()
    .map((element) => page.$(element).text())
  const done = await visitor.submit({ form: 'form[action^="/compte/securite/codes"]' })
  if (done.status !== 200) throw new Error(`${done.status} ${done.text}`)
  return codes
}

/** Types a code on the page of the second factor that is in front of the visitor. */
export function givesCode(visitor: Visitor, code: string): Promise<Page> {
  return visitor.submit({ form: 'form[action$="/second-facteur"]', fields: { code } })
}
