import type { Db } from '@myanm/database'
import { lookUpMany } from '#register'
import type { Tables } from '../tables.ts'
import { keepAnswers, nextNumbers, type RegisterAnswer } from './place-store.ts'

const NUMBERS = 500

/**
 * What the register says of the organisations of the file (4.5): it goes before what the file says. A
 * number it does not know may be older than the copy, or is a person's: the organisation is made from
 * the file, and the team looks at it, as at one that has ceased.
 */
export async function askRegister(db: Db<Tables>): Promise<void> {
  for (let after = ''; ; ) {
    const numbers = await nextNumbers(db, { after, most: NUMBERS })
    const answers: RegisterAnswer[] = []
    for (const [bce, found] of await lookUpMany(db, numbers)) {
      if (found.is === 'found' && found.kind === 'person') continue
      answers.push({
        ...{ bce, register: found.is, name: found.name },
        acronym: found.is === 'found' ? found.acronym : null,
        legalForm: found.is === 'found' ? (found.legalForm?.code ?? null) : null,
        nonprofit: found.is === 'found' && found.kind === 'nonprofit',
        isPublic: found.is === 'found' && found.kind === 'public',
      })
    }
    await keepAnswers(db, answers)
    const last = numbers.at(-1)
    if (last === undefined) return
    after = last
  }
}
