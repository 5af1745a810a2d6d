import type { Visitor } from '../visitor.ts'
import { banner } from './banner.ts'

/** « Se déconnecter », then from where. */
export async function signsOut(visitor: Visitor, from: 'this site' | 'every site'): Promise<void> {
  await banner(visitor).signOut()
  await visitor.sees('Vous voulez vous déconnecter ?')
  await visitor.presses(
    from === 'every site' ? 'Se déconnecter de tous les sites' : /^Se déconnecter de (?!tous)/,
  )
}
