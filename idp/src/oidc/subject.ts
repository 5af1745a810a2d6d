import { createHmac, createSecretKey } from 'node:crypto'
import type { Secret } from '@myanm/chassis'

export type SubjectOf = (account: string, sector: string) => string

/**
 * Pairwise subjects by sector (OIDC Core 8.1, D6): sites of one sector know a person by the same name,
 * and no two sectors can compare notes. Keyed, so that nobody can test a guessed account.
 */
export function subjects(salt: Secret): SubjectOf {
  const key = createSecretKey(salt.reveal(), 'utf8')
  return (account, sector) =>
    createHmac('sha256', key).update(`${sector}\n${account}`).digest('base64url')
}
