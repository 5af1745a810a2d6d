import type { Account, Side } from '../sides/side.ts'
import { codeIn, newAuthorization } from './authorization.ts'
import type { Connection } from './connection.ts'
import { nextForm, type PageForm } from './page-form.ts'
import { redeem, type Tokens } from './tokens.ts'
import type { Visitor } from './visitor.ts'

/** More pages and redirects than any provider's sign-in has. */
const MOST_STEPS = 16

/**
 * From an authorization request to tokens, filling in whatever stands in between: a name, a password,
 * both on one page, a consent. With a running session nothing does, and it takes two requests.
 */
export async function signIn(
  connection: Connection,
  side: Side,
  who: { readonly visitor: Visitor; readonly account: Account },
): Promise<Tokens> {
  const { visitor, account } = who
  const request = newAuthorization(side.endpoints.authorization, side.site)
  let address = request.address
  let answer = await visitor.open(address)
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const { location } = answer
    if (location?.startsWith(side.site.redirectUri)) {
      const code = codeIn(location, request)
      return redeem(connection, side, { code, verifier: request.verifier })
    }
    if (location !== undefined) {
      address = new URL(location, new URL(address, connection.origin)).href
      answer = await visitor.open(address)
      continue
    }
    const form = nextForm(answer.text)
    if (answer.status !== 200 || !form) {
      throw new Error(`Stuck at ${address}: ${answer.status} ${answer.text.slice(0, 2000)}`)
    }
    address = new URL(form.action, new URL(address, connection.origin)).href
    answer = await visitor.fill(address, filled(form, account))
  }
  throw new Error(`Still not signed in after ${MOST_STEPS} steps, at ${address}`)
}

function filled(form: PageForm, account: Account): URLSearchParams {
  if (form.loginField !== undefined) form.fields.set(form.loginField, account.login)
  if (form.passwordField !== undefined) form.fields.set(form.passwordField, account.password)
  return form.fields
}
