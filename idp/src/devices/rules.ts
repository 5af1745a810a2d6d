import { addressRange } from '#rules/credentials'

export interface Browser {
  /** « Firefox »; null when it does not say, or says nothing known. */
  readonly browser: string | null
  /** « Windows ». */
  readonly system: string | null
}

/** In this order: the later ones are named by the earlier ones too, for the sake of old sites. */
const BROWSERS = [
  ['Edge', /\b(?:Edg|EdgA|EdgiOS|Edge)\//],
  ['Opera', /\b(?:OPR|OPiOS|Opera)\//],
  ['Samsung Internet', /\bSamsungBrowser\//],
  ['Firefox', /\b(?:Firefox|FxiOS)\//],
  ['Chrome', /\b(?:Chrome|CriOS|Chromium)\//],
  ['Safari', /\bSafari\//],
] as const

const SYSTEMS = [
  ['Android', /\bAndroid\b/],
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Windows', /\bWindows\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['macOS', /\bMac(?:intosh| OS X)\b/],
  ['Linux', /\bLinux\b/],
] as const

/** No browser says more; what does is not read. */
const LONGEST = 512

/**
 * What a browser says it is: its family and its system, so that a person knows it for theirs. No version
 * and nothing else is kept: it would tell devices apart better than anybody needs.
 */
export function browserOf(userAgent: string): Browser {
  const said = userAgent.slice(0, LONGEST)
  const nameIn = (list: readonly (readonly [string, RegExp])[]) =>
    list.find(([, pattern]) => pattern.test(said))?.[0] ?? null
  return { browser: nameIn(BROWSERS), system: nameIn(SYSTEMS) }
}

/** The part of the network an address is in: its first three numbers, or its /64. */
export function networkOf(address: string): string {
  const range = addressRange(address)
  return range.replace(/^(\d+\.\d+\.\d+)\.\d+$/, '$1.x')
}
