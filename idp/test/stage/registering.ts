import {
  beginFlow,
  discover,
  type Flow,
  newVisitor,
  type Page,
  type TestIdp,
  type Visitor,
} from '@myanm/testing'
import type { Configuration } from 'openid-client'
import { until } from './until.ts'

export const GOOD_PASSWORD = 'un cheval bleu sous la pluie'

/** What somebody fills in who makes no mistake. */
export const goodForm = (email: string): Record<string, string> => ({
  prenom: 'Zoé',
  nom: 'Lambert',
  email,
  login: '',
  mot_de_passe: GOOD_PASSWORD,
  confirmation: GOOD_PASSWORD,
  langue: 'fr',
  code_postal: '5000',
  conditions: 'oui',
})

export interface Newcomer {
  readonly visitor: Visitor
  readonly configuration: Configuration
  readonly flow: Flow
  /** Below which every page of this registration is. */
  readonly path: string
}

/** Somebody who pressed « Inscrivez-vous » on a site, in front of the three profiles. */
export async function arrive(
  myanm: TestIdp,
  options: { readonly visitor?: Visitor; readonly client?: string } = {},
): Promise<Newcomer> {
  const configuration = await discover(myanm.issuer, options.client ?? 'guide-social')
  const flow = await beginFlow(configuration, { prompt: 'create' })
  const visitor = options.visitor ?? newVisitor()
  const page = await visitor.go(flow.url)
  return { visitor, configuration, flow, path: page.url.pathname }
}

/** The same, who has sent a form in. */
export async function register(
  myanm: TestIdp,
  email: string,
  options: {
    readonly visitor?: Visitor
    readonly client?: string
    readonly profile?: string
    readonly fields?: Readonly<Record<string, string>>
  } = {},
): Promise<Newcomer & { readonly page: Page }> {
  const newcomer = await arrive(myanm, options)
  const page = await fillIn(newcomer, email, options)
  return { ...newcomer, page }
}

export async function fillIn(
  { visitor, path }: Newcomer,
  email: string,
  options: { readonly profile?: string; readonly fields?: Readonly<Record<string, string>> } = {},
): Promise<Page> {
  const profile = options.profile ?? 'particulier'
  await visitor.go(`${path}/${profile === 'organisme' ? 'organisme/personne' : profile}`)
  return visitor.submit({ fields: { ...goodForm(email), ...options.fields } })
}

export type Letter = TestIdp['letters'][number]

/** The letters that went to an address, once there are so many. */
export async function lettersTo(myanm: TestIdp, email: string, least = 1): Promise<Letter[]> {
  const found = () => myanm.letters.filter(({ to }) => to === email)
  await until(() => found().length >= least)
  return found()
}

export async function lastLetterTo(myanm: TestIdp, email: string, least = 1): Promise<Letter> {
  return (await lettersTo(myanm, email, least)).at(-1) as Letter
}

export function linkIn(letter: Letter): URL {
  const found = /https?:\/\/\S+\/confirmation\/\S+/.exec(letter.text)
  if (!found) throw new Error(`No link in ${letter.subject}: ${letter.text}`)
  return new URL(found[0])
}

export function codeIn(letter: Letter): string {
  const found = /\b(\d{4} \d{4})\b/.exec(letter.text)
  if (!found?.[1]) throw new Error(`No code in ${letter.subject}: ${letter.text}`)
  return found[1]
}
