import { overhearStatements } from '@myanm/testing'
import { codeIn, newAuthorization } from '../load/authorization.ts'
import { connect } from '../load/connection.ts'
import { signIn } from '../load/sign-in.ts'
import { redeem } from '../load/tokens.ts'
import { newVisitor } from '../load/visitor.ts'
import { type Installation, myanmSide, startMyanm } from '../sides/myanm.ts'
import type { Account } from '../sides/side.ts'
import { exactly, type Figure } from './figure.ts'

/**
 * P9: statements PostgreSQL hears for one sign-in with a running session. Counted on the wire, at a
 * process of its own; the job queue, which looks around by itself, is left out.
 */
export async function statements(installation: Installation): Promise<Figure[]> {
  await using wire = await overhearStatements(installation.database.url)
  await using myanm = await startMyanm(installation, wire.url)
  const side = await myanmSide(myanm, installation.database)
  const connection = connect(myanm.issuer, 1)
  const visitor = newVisitor(connection)
  await signIn(connection, side, { visitor, account: side.accounts[0] as Account })
  const heard = () => wire.take().filter((text) => !/idp_jobs|"jobs:/.test(text)).length

  heard()
  const request = newAuthorization(side.endpoints.authorization, side.site)
  const { location = '' } = await visitor.open(request.address)
  const forCode = heard()
  const code = codeIn(location, request)
  await redeem(connection, side, { code, verifier: request.verifier })
  const forTokens = heard()
  await connection.close()

  const line = (what: string, count: number): Figure => ({
    code: 'P9',
    what,
    unit: 'statements',
    ours: exactly(count),
    theirs: null,
    ratio: null,
    target: null,
  })
  return [
    line('sign-in with a running session, authorize to token', forCode + forTokens),
    line('of which for the code', forCode),
    line('of which for the tokens', forTokens),
  ]
}
