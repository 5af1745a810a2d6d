import { type Cookies, newCookies } from '../bench/load/cookies.ts'
import { formTo, nextForm } from '../bench/load/page-form.ts'

/** More pages and redirects than a sign-in has. */
const MOST_STEPS = 24

export interface Page {
  readonly url: URL
  readonly status: number
  readonly text: string
}

/** A browser without script, on several sites at once. */
export interface Browser {
  open(address: URL): Promise<Page>
  /** Opens a page that wants somebody signed in, and signs them in on the way. */
  signIn(address: URL, who: { readonly login: string; readonly password: string }): Promise<Page>
  /** Sends the form of a page whose address ends so. */
  submit(page: Page, end: string): Promise<Page>
}

export function newBrowser(): Browser {
  const jars = new Map<string, Cookies>()
  const jarOf = ({ hostname }: URL): Cookies => {
    const jar = jars.get(hostname) ?? newCookies()
    jars.set(hostname, jar)
    return jar
  }

  const send = async (url: URL, body?: URLSearchParams): Promise<Response> => {
    const jar = jarOf(url)
    const cookie = jar.headerFor(url.pathname)
    const response = await fetch(url, {
      method: body ? 'POST' : 'GET',
      redirect: 'manual',
      headers: { accept: 'text/html', ...(cookie !== '' && { cookie }) },
      ...(body && { body }),
    })
    jar.keep(response.headers.getSetCookie(), url.pathname)
    return response
  }

  const open = async (address: URL, body?: URLSearchParams): Promise<Page> => {
    let url = address
    let response = await send(url, body)
    for (let step = 0; step < MOST_STEPS; step += 1) {
      const location = response.headers.get('location')
      const text = await response.text()
      if (location === null) return { url, status: response.status, text }
      url = new URL(location, url)
      response = await send(url)
    }
    throw new Error(`Redirected without end, at ${url}`)
  }

  return {
    open: (address) => open(address),

    async signIn(address, { login, password }) {
      let page = await open(address)
      for (let step = 0; step < MOST_STEPS; step += 1) {
        if (page.url.origin === address.origin && page.url.pathname === address.pathname)
          return page
        const form = nextForm(page.text)
        if (!form) throw new Error(`Stuck at ${page.url}: ${page.status}`)
        if (form.loginField !== undefined) form.fields.set(form.loginField, login)
        if (form.passwordField !== undefined) form.fields.set(form.passwordField, password)
        page = await open(new URL(form.action, page.url), form.fields)
      }
      throw new Error(`Not signed in at ${address}, but at ${page.url}`)
    },

    async submit(page, end) {
      const form = formTo(page.text, end)
      if (!form) throw new Error(`No form to ${end} at ${page.url}: ${page.status}`)
      return open(new URL(form.action, page.url), form.fields)
    },
  }
}
