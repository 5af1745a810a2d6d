/** A form of a sign-in page, as much of it as any provider's has. */
export interface PageForm {
  readonly action: string
  /** What the browser would send if nothing was typed. */
  readonly fields: URLSearchParams
  readonly loginField: string | undefined
  readonly passwordField: string | undefined
}

const FORM = /<form\b([^>]*)>([\s\S]*?)<\/form>/gi
const CONTROL = /<(?:input|button)\b([^>]*)>/gi
const ATTRIBUTE = /([\w-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g
const TYPED = new Set(['text', 'email', 'tel', 'search'])
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  quot: '"',
  lt: '<',
  gt: '>',
  apos: "'",
}

/**
 * The form a person would fill in next: one that asks for a password, else one that asks for a name,
 * else the first that is posted (a consent). Undefined when the page has none.
 */
export function nextForm(html: string): PageForm | undefined {
  const forms = [...html.matchAll(FORM)]
    .map(([, attributes = '', content = '']) => readForm(attributes, content))
    .filter((form) => form.isPosted)
  return (
    forms.find((form) => form.passwordField !== undefined) ??
    forms.find((form) => form.loginField !== undefined) ??
    forms[0]
  )
}

/** The form of a page that is posted to a path with this end. */
export function formTo(html: string, end: string): PageForm | undefined {
  return [...html.matchAll(FORM)]
    .map(([, attributes = '', content = '']) => readForm(attributes, content))
    .find(({ isPosted, action }) => isPosted && action.endsWith(end))
}

function readForm(attributes: string, content: string): PageForm & { readonly isPosted: boolean } {
  const form = attributesOf(attributes)
  const fields = new URLSearchParams()
  let loginField: string | undefined
  let passwordField: string | undefined
  let hasButton = false
  for (const [tag, words = ''] of content.matchAll(CONTROL)) {
    const control = attributesOf(words)
    const name = control.get('name')
    const type = control.get('type') ?? (tag.startsWith('<button') ? 'submit' : 'text')
    if (name === undefined || control.has('disabled')) continue
    const isChoice = type === 'checkbox' || type === 'radio'
    if (isChoice && !control.has('checked')) continue
    if (type === 'submit' && hasButton) continue
    hasButton ||= type === 'submit'
    if (type === 'password') passwordField ??= name
    else if (TYPED.has(type) && !control.has('readonly')) loginField ??= name
    fields.append(name, control.get('value') ?? (isChoice ? 'on' : ''))
  }
  const isPosted = form.get('method')?.toLowerCase() === 'post'
  return { action: form.get('action') ?? '', fields, loginField, passwordField, isPosted }
}

function attributesOf(words: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const [, name = '', double, single, bare] of words.matchAll(ATTRIBUTE)) {
    found.set(name.toLowerCase(), decode(double ?? single ?? bare ?? ''))
  }
  return found
}

function decode(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (decimal) return String.fromCodePoint(Number(decimal))
    if (hex) return String.fromCodePoint(Number.parseInt(hex, 16))
    return ENTITIES[name] ?? whole
  })
}
