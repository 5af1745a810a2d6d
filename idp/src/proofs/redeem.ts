import type { Db, Tx } from '@myanm/database'
import type { Tables } from '../tables.ts'
import { type ProofRefusal, type Purpose, refusalOf } from './rules.ts'
import type { ProofSecrets } from './secrets.ts'
import {
  findLive,
  findProof,
  giveTryBack,
  markUsed,
  type Proof,
  type ProofName,
  takeTry,
} from './store.ts'

/** What a link leads to, looked at without changing anything: GET and HEAD are the scanners' (ahead 7). */
export type Looked =
  | { readonly works: true; readonly proof: Proof }
  | {
      readonly works: false
      readonly because: ProofRefusal | 'unknown'
      readonly proof: Proof | null
    }

/** Looks at a link. One for another purpose is unknown: links do not open other doors. */
export async function lookAtProof(
  needs: { readonly db: Db<Tables>; readonly secrets: ProofSecrets },
  asked: { readonly token: string; readonly purposes: readonly Purpose[]; readonly now: Date },
): Promise<Looked> {
  const id = needs.secrets.read(asked.token)
  const proof = id === null ? undefined : await findProof(needs.db, id)
  if (!proof || !asked.purposes.includes(proof.purpose)) {
    return { works: false, because: 'unknown', proof: null }
  }
  const because = refusalOf(proof, asked.now)
  return because ? { works: false, because, proof } : { works: true, proof }
}

/**
 * Uses a proof up, in the transaction of what it allows.
 * @returns null when somebody was first, or its time is over: nothing may then be done
 */
export async function redeemProof(
  tx: Tx<Tables>,
  proof: { readonly id: string; readonly purpose: Purpose; readonly now: Date },
): Promise<Proof | null> {
  return (await markUsed(tx, proof)) ?? null
}

export type CodeAnswer =
  | { readonly right: true; readonly proof: Proof }
  /** `spent`: no try left; the link still works, and another mail brings another code. */
  | { readonly right: false; readonly because: 'wrong' | 'spent' }

/**
 * Holds a typed code against the live proof of an account. With no such proof, or no such account
 * (null), the answer is that of a wrong code. A right one is not used up yet: `redeemProof` does that.
 */
export async function checkCode(
  needs: { readonly db: Db<Tables>; readonly secrets: ProofSecrets },
  asked: { readonly name: ProofName | null; readonly typed: string; readonly now: Date },
): Promise<CodeAnswer> {
  const { db, secrets } = needs
  const proof = asked.name ? await findLive(db, asked.name) : undefined
  if (!proof) return { right: false, because: 'wrong' }
  if (!(await takeTry(db, proof.id, asked.now))) return { right: false, because: 'spent' }
  if (!secrets.isCode(proof.id, asked.typed)) return { right: false, because: 'wrong' }
  await giveTryBack(db, proof.id)
  return { right: true, proof }
}
