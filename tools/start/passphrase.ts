import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'

const list = new URL('passphrase-words.fr.txt', import.meta.url)

/** A password one can type from paper: four words and three digits, 44 bits. */
export function newPassphrase(): string {
  const words = readFileSync(list, 'utf8').trim().split(/\s+/)
  const pick = () => words[randomInt(words.length)] ?? ''
  const digits = String(randomInt(1_000)).padStart(3, '0')
  return [pick(), pick(), pick(), pick(), digits].join('-')
}
