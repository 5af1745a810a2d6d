import type { Account } from '../sides/side.ts'
import type { Connection } from './connection.ts'
import { nextForm } from './page-form.ts'
import { newVisitor, type Visitor } from './visitor.ts'

const MOST_STEPS = 16

/**
 * Opens a page of MyANM as somebody, signing in where it asks.
 * @returns the browser, and where the page turned out to be
 */
export async function enter(
  connection: Connection,
  { account, address }: { readonly account: Account; readonly address: string },
): Promise<{ readonly visitor: Visitor; readonly path: string }> {
  const visitor = newVisitor(connection)
  let path = address
  let answer = await visitor.open(path)
  for (let step = 0; step < MOST_STEPS; step += 1) {
    if (answer.location !== undefined) {
      path = new URL(answer.location, new URL(path, connection.origin)).href
      answer = await visitor.open(path)
      continue
    }
    const isAsked = new URL(path, connection.origin).pathname.startsWith('/connexion/')
    const form = isAsked ? nextForm(answer.text) : undefined
    if (answer.status === 200 && !isAsked) return { visitor, path }
    if (!form) throw new Error(`Stuck at ${path}: ${answer.status} ${answer.text.slice(0, 500)}`)
    if (form.loginField !== undefined) form.fields.set(form.loginField, account.login)
    if (form.passwordField !== undefined) form.fields.set(form.passwordField, account.password)
    path = new URL(form.action, new URL(path, connection.origin)).href
    answer = await visitor.fill(path, form.fields)
  }
  throw new Error(`Still not at ${address} after ${MOST_STEPS} steps, at ${path}`)
}
