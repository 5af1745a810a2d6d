/** What a visit answered, once every redirect was followed. */
export interface Page {
  readonly status: number
  readonly url: URL
  readonly headers: Headers
  readonly text: string
}

/** A browser with manners: cookies by host whatever the port, redirects, referrer. */
export class Browser {
  readonly #cookies = new Map<string, Map<string, string>>()
  /** Addresses passed through, the last one last. */
  readonly trail: string[] = []

  async open(address: string | URL, init: RequestInit = {}): Promise<Page> {
    let url = new URL(address)
    let request = init
    for (let hop = 0; hop < 15; hop += 1) {
      const response = await this.send(url, request)
      const location = response.headers.get('location')
      if (location === null || response.status < 300 || response.status > 399) {
        return {
          status: response.status,
          url,
          headers: response.headers,
          text: await response.text(),
        }
      }
      await response.body?.cancel()
      url = new URL(location, url)
      request = {}
    }
    throw new Error(`Redirects without end: ${this.trail.slice(-5).join(' → ')}`)
  }

  /** One request, with this browser's cookies; redirects are not followed. */
  async send(address: string | URL, init: RequestInit = {}): Promise<Response> {
    const url = new URL(address)
    this.trail.push(url.href)
    const headers = new Headers({
      accept: 'text/html',
      ...Object.fromEntries(new Headers(init.headers)),
    })
    const jar = this.#jar(url)
    if (!headers.has('cookie') && jar.size > 0) {
      headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '))
    }
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) this.#keep(url, line)
    return response
  }

  /** Sends the form of a page that has this action, with the values given. */
  async submit(page: Page, action: string, values: Record<string, string> = {}): Promise<Page> {
    const forms = [...page.text.matchAll(/<form[^>]*action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/g)]
    const wanted = forms.filter(
      ([, its, inner]) =>
        its === action &&
        Object.entries(values).every(([name, value]) =>
          inner?.includes(`name="${name}" value="${value}"`),
        ),
    )
    const inner = wanted[0]?.[2]
    if (inner === undefined) throw new Error(`No form ${action} on ${page.url}`)
    const fields = new URLSearchParams()
    for (const [, name, value] of inner.matchAll(/name="([^"]*)" value="([^"]*)"/g)) {
      fields.append(name ?? '', value ?? '')
    }
    return this.open(new URL(action, page.url), {
      method: 'POST',
      body: fields,
      headers: { referer: page.url.href },
    })
  }

  cookie(url: string | URL, name: string): string | undefined {
    return this.#jar(new URL(url)).get(name)
  }

  setCookie(url: string | URL, name: string, value: string): void {
    this.#jar(new URL(url)).set(name, value)
  }

  #jar({ hostname }: URL): Map<string, string> {
    const jar = this.#cookies.get(hostname) ?? new Map<string, string>()
    this.#cookies.set(hostname, jar)
    return jar
  }

  #keep(url: URL, line: string): void {
    const [pair = '', ...attributes] = line.split(';')
    const [name = '', ...rest] = pair.split('=')
    const expires = attributes.find((attribute) => /^\s*expires=/i.test(attribute))
    const isGone = expires !== undefined && Date.parse(expires.split('=')[1] ?? '') < Date.now()
    if (isGone) this.#jar(url).delete(name)
    else this.#jar(url).set(name, rest.join('='))
  }
}
