import type { Visitor } from '../visitor.ts'

/** The dark banner of the ANM, on top of every page of every site. */
export function banner(visitor: Visitor) {
  const place = visitor.page.locator('.anm-banner')
  return {
    reads: () => visitor.reads(place),
    register: () => visitor.follows('Inscrivez-vous', place),
    signIn: () => visitor.follows('Connectez-vous', place),
    change: () => visitor.follows('changer', place),
    manageAccount: () => visitor.follows('Gérer mon compte', place),
    signOut: () => visitor.follows('Se déconnecter', place),
  }
}
