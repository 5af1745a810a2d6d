import {
  newVisitor,
  ONE_TIME_SECRET,
  query,
  type TestDatabase,
  typeCredentials,
  type Visitor,
} from '@myanm/testing'
import { addsApplication, applicationOf, givesCode } from './second-factors.ts'

/** A browser signed in to MyANM with login and password. */
export async function signsIn(issuer: URL, login: string): Promise<Visitor> {
  const visitor = newVisitor()
  await visitor.go(new URL('/compte', issuer))
  await typeCredentials(visitor, login)
  return visitor
}

/** The one of the scene who is of the team, with the second factor given. */
export async function staffSignsIn(database: TestDatabase, issuer: URL): Promise<Visitor> {
  // Each code is good once: a test that signs in again within thirty seconds does not wait for the next.
  await query(database, 'update one_time_password set last_step = 0')
  const visitor = await signsIn(issuer, 'staff')
  const page = await givesCode(visitor, applicationOf(ONE_TIME_SECRET).code())
  if (page.status !== 200) throw new Error(`${page.status} ${page.text}`)
  return visitor
}

/** Somebody more for the team, with an application of their own. */
export async function joinsTeam(
  { database, issuer }: { readonly database: TestDatabase; readonly issuer: URL },
  person: { readonly login: string; readonly account: string },
): Promise<Visitor> {
  const visitor = await signsIn(issuer, person.login)
  await addsApplication(visitor, issuer)
  await query(database, 'insert into staff_member (account_id) values ($1)', [person.account])
  return visitor
}
