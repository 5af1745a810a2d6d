import { type CheerioAPI, load } from 'cheerio'
import { CookieJar } from 'tough-cookie'

/** A page as a person without JavaScript has it in front of them. */
export interface Page {
  readonly url: URL
  readonly status: number
  readonly headers: Headers
  readonly html: string
  /** Visible words, white space folded. */
  readonly text: string
  readonly $: CheerioAPI
  /** Every address passed through on the way here, the first included. */
  readonly trail: readonly URL[]
}

export interface Submission {
  /** Which form: a CSS selector; the first form with a visible field or button otherwise. */
  readonly form?: string
  readonly fields?: Readonly<Record<string, string | readonly string[]>>
  /** The button pressed: its name and value travel with the form. */
  readonly button?: { readonly name: string; readonly value: string }
}

const MOST_REDIRECTS = 20

/**
 * A browser without JavaScript: keeps cookies as browsers do (ports do not keep them apart), follows
 * redirects, fills in forms it has seen. `stopAt` leaves a redirect to a place nobody serves unfollowed.
 */
export class Visitor {
  readonly jar = new CookieJar(undefined, { allowSpecialUseDomain: true })
  readonly #stopAt: (url: URL) => boolean
  page: Page | undefined

  constructor(options: { readonly stopAt?: (url: URL) => boolean } = {}) {
    this.#stopAt = options.stopAt ?? (() => false)
  }

  go(address: string | URL): Promise<Page> {
    return this.#open(new URL(address, this.page?.url), { method: 'GET' })
  }

  /** Follows the first link with these words. */
  follow(words: string | RegExp): Promise<Page> {
    const { $ } = this.#current()
    const link = $('a')
      .toArray()
      .find((element) => matches($(element).text(), words))
    const href = link && $(link).attr('href')
    if (href === undefined) throw new Error(`No link « ${words} » on ${this.page?.url}`)
    return this.go(href)
  }

  submit(submission: Submission = {}): Promise<Page> {
    const { $, url } = this.#current()
    const form = $(submission.form ?? 'main form').first()
    if (form.length === 0) throw new Error(`No form on ${url}: ${this.page?.text}`)
    const body = new URLSearchParams()
    for (const { name, value } of form.serializeArray()) body.append(name, value)
    for (const [name, value] of Object.entries(submission.fields ?? {})) {
      body.delete(name)
      for (const one of [value].flat()) body.append(name, one)
    }
    if (submission.button) body.append(submission.button.name, submission.button.value)
    const action = new URL(form.attr('action') || url, url)
    if ((form.attr('method') ?? 'get').toLowerCase() === 'get') {
      action.search = body.toString()
      return this.go(action)
    }
    return this.post(action, body, { origin: url.origin, referer: url.href })
  }

  /** Posts by hand, form or no form: what an attacker does. */
  post(
    address: string | URL,
    body: URLSearchParams | Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Page> {
    const fields = body instanceof URLSearchParams ? body : new URLSearchParams(body)
    return this.#open(new URL(address, this.page?.url), {
      method: 'POST',
      body: fields.toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    })
  }

  /** One request with this visitor’s cookies, redirects not followed. */
  async request(url: URL, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    const cookies = await this.jar.getCookieString(url.href)
    if (cookies) headers.set('cookie', cookies)
    if (!headers.has('accept')) headers.set('accept', 'text/html')
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const cookie of response.headers.getSetCookie()) {
      await this.jar.setCookie(cookie, url.href)
    }
    return response
  }

  async #open(address: URL, init: RequestInit): Promise<Page> {
    const trail: URL[] = []
    let url = address
    let next = init
    for (let step = 0; step < MOST_REDIRECTS; step += 1) {
      trail.push(url)
      const response = await this.request(url, next)
      const location = response.headers.get('location')
      const target = location === null ? null : new URL(location, url)
      if (!target || this.#stopAt(target)) {
        if (target) trail.push(target)
        this.page = await pageOf(response, { url: target ?? url, trail })
        return this.page
      }
      await response.body?.cancel()
      url = target
      next = { method: 'GET' }
    }
    throw new Error(`Too many redirects: ${trail.map((step) => step.pathname).join(' → ')}`)
  }

  #current(): Page {
    if (!this.page) throw new Error('No page is open')
    return this.page
  }
}

async function pageOf(
  response: Response,
  { url, trail }: { url: URL; trail: URL[] },
): Promise<Page> {
  const html = await response.text()
  const $ = load(html)
  $('.visually-hidden').remove()
  const text = $('body').text().replaceAll(/\s+/g, ' ').trim()
  return {
    url,
    status: response.status,
    headers: response.headers,
    html,
    text,
    $: load(html),
    trail,
  }
}

function matches(text: string, words: string | RegExp): boolean {
  const folded = text.replaceAll(/\s+/g, ' ').trim()
  return typeof words === 'string' ? folded.includes(words) : words.test(folded)
}
