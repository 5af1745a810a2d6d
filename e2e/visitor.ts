import type { BrowserContext, Locator, Page } from 'playwright-core'
import { complaintsOf } from './complaints.ts'
import { giveCredentials } from './pages/sign-in.ts'
import type { SomebodyOfTheScene } from './scene.ts'

/** Words on a page: a part of them, or a pattern. */
export type Words = string | RegExp

/** How long anything may take to appear, in milliseconds. */
const PATIENCE = 10_000

/**
 * Somebody in front of a browser: sees words, follows links, presses buttons, types into fields known by
 * their label. What a page should not do is written down in `complaints`.
 */
export class Visitor {
  readonly context: BrowserContext
  readonly complaints: string[]
  /** The tab in front of this visitor. */
  readonly page: Page
  /** Status of the page in front. */
  status = 0

  private constructor(page: Page, complaints: string[]) {
    this.context = page.context()
    this.complaints = complaints
    this.page = page
    page.on('response', (response) => {
      const request = response.request()
      if (request.isNavigationRequest() && request.frame() === page.mainFrame()) {
        this.status = response.status()
      }
    })
  }

  static async arrive(context: BrowserContext): Promise<Visitor> {
    context.setDefaultTimeout(PATIENCE)
    const complaints = complaintsOf(context)
    return new Visitor(await context.newPage(), complaints)
  }

  /** The same person with a second tab: same cookies, another page. */
  async opensAnotherTab(): Promise<Visitor> {
    return new Visitor(await this.context.newPage(), this.complaints)
  }

  async opens(address: string): Promise<void> {
    await this.page.goto(new URL(address, this.page.url()).href)
  }

  async reloads(): Promise<void> {
    await this.page.reload()
  }

  async goesBack(): Promise<void> {
    await this.page.goBack()
  }

  follows(words: Words, within: Locator | Page = this.page): Promise<void> {
    return this.#leavesBy(within.getByRole('link', { name: words }).first())
  }

  presses(words: Words, within: Locator | Page = this.page): Promise<void> {
    return this.#leavesBy(within.getByRole('button', { name: words }).first())
  }

  async types(label: Words, text: string): Promise<void> {
    await this.field(label).fill(text)
  }

  async ticks(label: Words): Promise<void> {
    await this.field(label).check()
  }

  async picks(label: Words, option: string): Promise<void> {
    await this.field(label).selectOption({ label: option })
  }

  field(label: Words): Locator {
    return this.page.getByLabel(label).first()
  }

  /** Answers MyANM’s two questions, login and password. */
  signsInAs(somebody: SomebodyOfTheScene): Promise<void> {
    return giveCredentials(this, somebody)
  }

  /** @throws Error with the whole text of the page when the words are not on it */
  async sees(...words: readonly Words[]): Promise<void> {
    const text = await this.reads()
    const missing = words.filter((one) => !isIn(text, one))
    if (missing.length > 0)
      throw new Error(`Not seen: ${missing.join(' | ')}\n${this.#where(text)}`)
  }

  async doesNotSee(...words: readonly Words[]): Promise<void> {
    const text = await this.reads()
    const there = words.filter((one) => isIn(text, one))
    if (there.length > 0) throw new Error(`Seen: ${there.join(' | ')}\n${this.#where(text)}`)
  }

  /** Looks again until the words are there, at most for this long, in milliseconds. */
  async soonSees(words: Words, within: number): Promise<void> {
    const end = performance.now() + within
    await this.reloads()
    while (!isIn(await this.reads(), words) && performance.now() < end) await this.reloads()
    await this.sees(words)
  }

  /** Is on this page: an address, or the start of one. */
  async isOn(address: string | RegExp): Promise<void> {
    const here = this.page.url()
    const isThere = typeof address === 'string' ? here === address : address.test(here)
    if (!isThere) throw new Error(`Not on ${address}\n${this.#where(await this.reads())}`)
  }

  /** Every visible word of the page, white space folded. */
  async reads(within: Locator = this.page.locator('body')): Promise<string> {
    return (await within.innerText()).replaceAll(/\s+/g, ' ').trim()
  }

  async goesHome(): Promise<void> {
    await this.context.close()
  }

  /** A click or a key that leads to another page, waited for. */
  async #leavesBy(way: Locator): Promise<void> {
    await this.leaves(() => way.click())
  }

  async leaves(by: () => Promise<unknown>): Promise<void> {
    const arrived = this.page.waitForEvent('framenavigated', {
      predicate: (frame) => frame === this.page.mainFrame(),
    })
    await Promise.all([arrived, by()])
    await this.page.waitForLoadState()
  }

  #where(text: string): string {
    return `${this.status} ${this.page.url()}\n${text}`
  }
}

function isIn(text: string, words: Words): boolean {
  return typeof words === 'string' ? text.includes(words) : words.test(text)
}
