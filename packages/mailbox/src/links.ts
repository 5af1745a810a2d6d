/** A stretch of a text; with an address when it is one. */
export type Piece = { readonly text: string; readonly href?: string }

const ADDRESS = /https?:\/\/[^\s<>"]*[^\s<>"'.,;:!?)\]]/g

/** Cuts a text at its web addresses, so that a page can make links of them and escape the rest. */
export function withLinks(text: string): readonly Piece[] {
  const pieces: Piece[] = []
  let end = 0
  for (const { 0: href, index } of text.matchAll(ADDRESS)) {
    if (index > end) pieces.push({ text: text.slice(end, index) })
    pieces.push({ text: href, href })
    end = index + href.length
  }
  return end < text.length ? [...pieces, { text: text.slice(end) }] : pieces
}
