/** What can be wrong with a request of a site. Each has its words in the catalogue. */
export type Cause =
  | 'redirect-uri'
  | 'post-logout-redirect-uri'
  | 'response-type'
  | 'scope'
  | 'resource'
  | 'prompt'
  | 'pkce-missing'
  | 'pkce-method'
  | 'pkce-verifier'
  | 'code-unknown'
  | 'code-expired'
  | 'code-used'
  | 'code-redirect-uri'
  | 'other-client'
  | 'refresh-unknown'
  | 'refresh-expired'
  | 'refresh-used'
  | 'grant-type'
  | 'client-authentication'
  | 'id-token-hint'
  | 'request-uri'
  | 'parameter-missing'
  | 'parameter-twice'
  | 'silent'
  | 'level'
  | 'cancelled'
  | 'other'

/** What the engine says of a refused request. */
export interface EngineWords {
  /** Code of the protocol, such as `invalid_grant`. */
  readonly error: string
  /** What it tells everybody, and what it keeps to itself. */
  readonly words: string
}

/**
 * Its words are a closed list, but its own: those we know lead to a cause, the others are shown as they
 * are. In this order: the first that fits.
 */
const KNOWN: readonly (readonly [RegExp, Cause])[] = [
  [/missing required parameter/, 'parameter-missing'],
  [/^invalid_redirect_uri|redirect_uri did not match/, 'redirect-uri'],
  [/post_logout_redirect_uri/, 'post-logout-redirect-uri'],
  [/redirect_uri mismatch/, 'code-redirect-uri'],
  [/requires PKCE|missing.*code_challenge/i, 'pkce-missing'],
  [/code_challenge_method/, 'pkce-method'],
  [/PKCE verification failed|code_verifier|code_challenge/, 'pkce-verifier'],
  [/authorization code not found/, 'code-unknown'],
  [/authorization code is expired/, 'code-expired'],
  [/authorization code already consumed/, 'code-used'],
  [/refresh token not found/, 'refresh-unknown'],
  [/refresh token is expired/, 'refresh-expired'],
  [/refresh token already used/, 'refresh-used'],
  [/client mismatch/, 'other-client'],
  [/grant[ _]type/, 'grant-type'],
  [/response_type/, 'response-type'],
  [/^invalid_client|client authentication/, 'client-authentication'],
  [/^invalid_scope|requested scope/, 'scope'],
  [/^invalid_target|resource indicator/, 'resource'],
  [/id_token_hint/, 'id-token-hint'],
  [/request_uri/, 'request-uri'],
  [/must not be provided twice|more than once/, 'parameter-twice'],
  [/^(login|consent|interaction|account_selection)_required/, 'silent'],
  [/^unmet_authentication_requirements/, 'level'],
  [/prompt/, 'prompt'],
  [/^access_denied/, 'cancelled'],
]

export function causeOf({ error, words }: EngineWords): Cause {
  const said = `${error} ${words}`
  return KNOWN.find(([pattern]) => pattern.test(said))?.[1] ?? 'other'
}

/** Where two addresses part: what they share at both ends, and what each has in between. */
export interface Difference {
  readonly start: string
  readonly given: string
  readonly expected: string
  readonly end: string
}

/** By characters, as a person reads them: half a character is no difference. */
export function differenceOf(given: string, expected: string): Difference {
  const [left, right] = [[...given], [...expected]]
  const shortest = Math.min(left.length, right.length)
  let start = 0
  while (start < shortest && left[start] === right[start]) start += 1
  let end = 0
  while (end < shortest - start && left.at(-1 - end) === right.at(-1 - end)) end += 1
  return {
    start: left.slice(0, start).join(''),
    given: left.slice(start, left.length - end).join(''),
    expected: right.slice(start, right.length - end).join(''),
    end: left.slice(left.length - end).join(''),
  }
}

/** Of the registered addresses, the one that was probably meant: the least is different. */
export function closestTo(given: string, registered: readonly string[]): string | null {
  const distance = (expected: string) => {
    const difference = differenceOf(given, expected)
    return difference.given.length + difference.expected.length
  }
  const [closest] = [...registered].sort((left, right) => distance(left) - distance(right))
  return closest ?? null
}
