/** Cookies of one browser at one origin: sent where their path says, gone when they are emptied. */
export interface Cookies {
  headerFor(path: string): string
  keep(given: readonly string[], requestPath: string): void
}

interface Cookie {
  readonly name: string
  readonly value: string
  readonly path: string
}

export function newCookies(): Cookies {
  const kept = new Map<string, Cookie>()
  return {
    headerFor: (path) => {
      const words: string[] = []
      for (const cookie of kept.values()) {
        if (isBelow(path, cookie.path)) words.push(`${cookie.name}=${cookie.value}`)
      }
      return words.join('; ')
    },
    keep: (given, requestPath) => {
      for (const line of given) {
        const [pair = '', ...attributes] = line.split(';')
        const split = pair.indexOf('=')
        const name = pair.slice(0, split).trim()
        const value = pair.slice(split + 1).trim()
        const path = attributeOf(attributes, 'path') ?? defaultPath(requestPath)
        const key = `${name} ${path}`
        if (value === '' || hasPassed(attributes)) kept.delete(key)
        else kept.set(key, { name, value, path })
      }
    },
  }
}

function attributeOf(attributes: readonly string[], name: string): string | undefined {
  for (const attribute of attributes) {
    const [key = '', value] = attribute.split('=')
    if (key.trim().toLowerCase() === name) return value?.trim()
  }
  return undefined
}

function hasPassed(attributes: readonly string[]): boolean {
  const expires = attributeOf(attributes, 'expires')
  return expires !== undefined && Date.parse(expires) < Date.now()
}

/** RFC 6265 §5.1.4. */
function isBelow(path: string, cookiePath: string): boolean {
  if (!path.startsWith(cookiePath)) return false
  return (
    path.length === cookiePath.length || cookiePath.endsWith('/') || path[cookiePath.length] === '/'
  )
}

function defaultPath(requestPath: string): string {
  return requestPath.slice(0, requestPath.lastIndexOf('/')) || '/'
}
