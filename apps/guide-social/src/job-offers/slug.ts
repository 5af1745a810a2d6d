const LONGEST = 60

/** The readable part of an address, from a title: `educateur-rice-specialise-e`. */
export function slugOf(title: string): string {
  const words = title
    .toLowerCase()
    .replaceAll('œ', 'oe')
    .replaceAll('æ', 'ae')
    .normalize('NFD')
    .replaceAll(/\p{Mn}/gu, '')
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
  let slug = ''
  for (const word of words) {
    if (slug.length + word.length >= LONGEST) break
    slug = slug === '' ? word : `${slug}-${word}`
  }
  return slug || 'offre'
}

/** Largest number an address may carry: PostgreSQL's bigint goes further, JavaScript does not. */
const DIGITS = 15

/** `educateur__1024` → its two parts; null for an address that names no offer. */
export function parseAddress(segment: string): { slug: string; number: number } | null {
  const parts = new RegExp(`^([a-z0-9-]*)__([1-9]\\d{0,${DIGITS - 1}})$`).exec(segment)
  return parts ? { slug: parts[1] ?? '', number: Number(parts[2]) } : null
}

export function addressOf(offer: { readonly slug: string; readonly number: number }): string {
  return `/emplois/${offer.slug}__${offer.number}`
}
