import type { Visitor } from '../visitor.ts'

/** What a site of another house asks to receive. */
export async function agreesToShare(visitor: Visitor): Promise<void> {
  await visitor.sees('demande à recevoir')
  await visitor.presses('Partager et continuer')
}
