import { createRequire } from 'node:module'
import type * as everywhere from '@zxcvbn-ts/language-common'
import type * as inFrench from '@zxcvbn-ts/language-fr'
import { foldWord } from './rules.ts'

const require = createRequire(import.meta.url)

/** What is chosen around us, and lists made elsewhere lack: places, clubs, the words of the sector. */
const OF_BELGIUM = [
  ...['anderlecht', 'arlon', 'bastogne', 'brabant', 'bruges', 'bruxelles', 'charleroi', 'dinant'],
  ...['eupen', 'flandre', 'gand', 'hainaut', 'huy', 'ixelles', 'liege', 'louvain', 'luxembourg'],
  ...['malmedy', 'molenbeek', 'mons', 'mouscron', 'namur', 'nivelles', 'ostende', 'schaerbeek'],
  ...['tournai', 'uccle', 'verviers', 'waremme', 'waterloo', 'wallonie', 'wavre', 'belgique'],
  ...['diablesrouges', 'standard', 'standarddeliege', 'sportingcharleroi', 'unionsaintgilloise'],
  ...['manneken', 'mannekenpis', 'atomium', 'tintin', 'doudou', 'gaufre', 'chocolat', 'frites'],
  ...['association', 'benevole', 'benevolat', 'bonjour', 'bienvenue', 'changezmoi', 'connexion'],
  ...['administrateur', 'directeur', 'direction', 'gestionnaire', 'responsable', 'secretariat'],
  ...['educateur', 'educatrice', 'infirmier', 'infirmiere', 'aidesoignante', 'assistantesociale'],
  ...['motdepasse', 'monmotdepasse', 'nouveaumotdepasse', 'jetaime', 'jetaimemaman', 'monamour'],
]

let words: ReadonlySet<string> | undefined

/**
 * Whether attackers try this word first (NIST SP 800-63B-4 §3.1.1.2): some 49,000 passwords of known
 * breaches, French words and first names, and what is ours. The lists are local: nothing is asked of
 * anybody. Read when the first password is chosen, not at the start: it takes a tenth of a second.
 * @param word as `foldWord` writes it
 */
export function isCommonWord(word: string): boolean {
  words ??= readWords()
  return words.has(word)
}

function readWords(): ReadonlySet<string> {
  const common = require('@zxcvbn-ts/language-common') as typeof everywhere
  const french = require('@zxcvbn-ts/language-fr') as typeof inFrench
  const lists = [
    common.dictionary['passwords-common'],
    french.dictionary['commonWords-fr'],
    french.dictionary['firstnames-fr'],
    french.dictionary['lastnames-fr'],
    OF_BELGIUM,
  ]
  return new Set(lists.flat().map(foldWord))
}
