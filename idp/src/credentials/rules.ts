import { isIPv6 } from 'node:net'

/** One code point, one character; composed, so that any keyboard gives the same password (NIST 3.1.1.2). */
export function normalisePassword(typed: string): string {
  return typed.normalize('NFKC')
}

/** Whom an address stands for: itself, or the /64 an IPv6 subscriber can roam in. */
export function addressRange(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (mapped?.[1]) return mapped[1]
  if (!isIPv6(address)) return address
  const [head = '', tail] = (address.split('%')[0] ?? '').toLowerCase().split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length)
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right]
  const prefix = groups.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''))
  return `${prefix.join(':')}::/64`
}

/**
 * Failures in a row of one account after which its password no longer lets anybody in, however slowly
 * they came: a hundred at most (NIST SP 800-63B-4 §3.2.2), less those that may be under way at this
 * moment: five of strangers, five of a browser that is known.
 */
export const MOST_FAILURES = 90

export const isClosed = (failures: number): boolean => failures >= MOST_FAILURES

/** Whether this very failure closed it: its person is told, once. */
export const isJustClosed = (failures: number): boolean => failures === MOST_FAILURES

export const SHORTEST_PASSWORD = 12
export const LONGEST_PASSWORD = 128

/** Why a password may not be chosen (4.3.3, NIST SP 800-63B-4 §3.1.1.2). */
export type PasswordRefusal = 'too-short' | 'too-long' | 'personal' | 'common'

/**
 * Long, not what everybody chooses, not somebody's own name, and nothing else: no kinds of characters,
 * no rotation. One code point is one character; nothing is cut.
 * @param own what belongs to the person: login, address, names
 * @param isCommon whether a word, as `foldWord` writes it, is on the list of those attackers try first
 */
export function refusalOfPassword(
  password: string,
  { own, isCommon }: { own: readonly (string | null)[]; isCommon: (word: string) => boolean },
): PasswordRefusal | null {
  const normalised = normalisePassword(password)
  const length = [...normalised].length
  if (length < SHORTEST_PASSWORD) return 'too-short'
  if (length > LONGEST_PASSWORD) return 'too-long'
  if (tellsOf(own).some((tell) => foldWord(normalised).includes(tell))) return 'personal'
  return isTrivial(normalised, isCommon) ? 'common' : null
}

/** Shorter words of a person stand inside too many others to be held against a password. */
const SHORTEST_TELL = 4

function tellsOf(own: readonly (string | null)[]): readonly string[] {
  return own
    .flatMap((value) => (value === null ? [] : [value, value.split('@')[0] ?? '']))
    .map((value) => foldWord(value.normalize('NFKC').trim()))
    .filter((tell) => [...tell].length >= SHORTEST_TELL)
}

/** A word without what one adds to make it look different: capitals, accents. */
export function foldWord(word: string): string {
  return word.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
}

/** Names of the place and of its sites: on everybody's mind here, so they make no password longer. */
const OF_THE_PLACE =
  /agence ?pour ?le ?non ?marchand|non[- ]?marchand|guide[- ]?social|mon ?bilan ?en ?ligne|my ?anm|mon ?asbl|sweeli|bilan|asbl|mot ?de ?passe|password/g

/** Digits and signs that are put around a word: a year, a date, an exclamation mark. */
const AROUND = /^(?<before>[^\p{L}]*)(?<word>.*?)(?<after>[^\p{L}]*)$/su
const LONGEST_AROUND = 8

/**
 * Whether a password is one that is tried first: the whole of it is compared, also without the names of
 * the place, without a year or a sign around it, and with digits read as the letters they stand for.
 */
function isTrivial(password: string, isCommon: (word: string) => boolean): boolean {
  const whole = foldWord(password)
  return [whole, unmasked(whole)].some((form) => {
    if (isTried(form, isCommon)) return true
    const rest = form.replaceAll(OF_THE_PLACE, '')
    if (rest !== form && isFiller(rest)) return true
    const { before = '', word = '', after = '' } = AROUND.exec(rest)?.groups ?? {}
    return isFiller(before) && isFiller(after) && isTriedWord(unmasked(word), isCommon)
  })
}

/** « M0td3p@sse »: the substitutions everybody knows, programs first. */
const MASKS: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
}

function unmasked(text: string): string {
  return text.replaceAll(/\p{L}[013457@$!]+(?=\p{L})/gu, (match) =>
    [...match].map((character) => MASKS[character] ?? character).join(''),
  )
}

const isFiller = (text: string): boolean =>
  [...text].length <= LONGEST_AROUND || isRun(text) || isRun(unitOf(text))

function isTried(text: string, isCommon: (word: string) => boolean): boolean {
  const unit = unitOf(text)
  return (
    isCommon(text) || isRun(text) || isRun(unit) || (unit !== text && isTriedUnit(unit, isCommon))
  )
}

/** A word, or several written as one: « mot-de-passe ». */
const isTriedWord = (word: string, isCommon: (word: string) => boolean): boolean =>
  isTried(word, isCommon) || isTried(word.replaceAll(/[\s._-]/g, ''), isCommon)

/** What is typed again and again: a common word, or so little that repeating it is no work. */
const isTriedUnit = (unit: string, isCommon: (word: string) => boolean): boolean =>
  [...unit].length <= 4 || isCommon(unit)

/** « azertyazerty » is « azerty ». */
function unitOf(text: string): string {
  const again = (text + text).indexOf(text, 1)
  return text.slice(0, again)
}

const ROWS = [
  '0123456789',
  'abcdefghijklmnopqrstuvwxyz',
  'azertyuiopqsdfghjklmwxcvbn',
  'qwertyuiopasdfghjklzxcvbnm',
]

/** A walk along the keyboard, the alphabet or the numbers, either way. */
function isRun(text: string): boolean {
  const backwards = [...text].toReversed().join('')
  return ROWS.some((row) => {
    const rounds = row.repeat(1 + Math.ceil(text.length / row.length))
    return rounds.includes(text) || rounds.includes(backwards)
  })
}
