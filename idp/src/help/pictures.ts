import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { PICTURES, type PictureName } from './rules.ts'

export interface Picture {
  /** Its address names its content: it may be kept for ever. */
  readonly path: string
  readonly content: Buffer
  readonly width: number
  readonly height: number
}

/** The pictures of the help pages, read once: together they weigh some two hundred kilobytes. */
export function readPictures(): ReadonlyMap<PictureName, Picture> {
  const read = (file: string) => readFileSync(new URL(`pictures/${file}`, import.meta.url))
  const sizes = JSON.parse(read('sizes.json').toString()) as Readonly<
    Partial<Record<PictureName, { readonly width: number; readonly height: number }>>
  >
  const pictures = new Map<PictureName, Picture>()
  for (const name of PICTURES) {
    const size = sizes[name]
    // One that is not taken yet is left out, so that it can be taken; a test insists on all of them.
    if (!size) continue
    const content = read(`${name}.webp`)
    const hash = createHash('sha256').update(content).digest('hex').slice(0, 10)
    pictures.set(name, { path: `/aide/images/${name}.${hash}.webp`, content, ...size })
  }
  return pictures
}
