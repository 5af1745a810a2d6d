import type { Side } from '../sides/side.ts'
import type { Connection } from './connection.ts'
import { crowd } from './crowd.ts'
import { signIn } from './sign-in.ts'
import type { Tokens } from './tokens.ts'
import { newVisitor, type Visitor } from './visitor.ts'

/** Somebody who is signed in, and what the site got for them. */
export interface Member {
  readonly visitor: Visitor
  readonly account: Side['accounts'][number]
  tokens: Tokens
}

/**
 * Signs in so many people, each in a browser of their own. New ones for each round: the in-memory
 * adapter walks through all tokens of a grant whenever it adds one, and long sessions would slow it.
 */
export async function gather(
  side: Side,
  connection: Connection,
  size: number,
): Promise<readonly Member[]> {
  const members: Member[] = []
  await crowd({ times: size, members: Math.min(size, 8) }, async () => {
    const account = side.accounts[members.length % side.accounts.length]
    if (!account) throw new Error(`${side.name} has no account to sign in`)
    const visitor = newVisitor(connection)
    const place = members.push({ visitor, account, tokens: { access_token: '' } }) - 1
    const member = members[place] as Member
    member.tokens = await signIn(connection, side, { visitor, account })
  })
  return members
}
