import type { Visitor } from '../visitor.ts'

export interface NewPerson {
  readonly firstName: string
  readonly lastName: string
  readonly email: string
  readonly password: string
}

/** « Inscrivez-vous », a profile, and the form of a private person. */
export async function registersAsParticulier(visitor: Visitor, person: NewPerson): Promise<void> {
  await visitor.sees('Inscrivez-vous', 'En particulier', 'En indépendant', 'Pour un organisme')
  await visitor.follows('En particulier')
  await visitor.types('Prénom', person.firstName)
  await visitor.types(/^\s*Nom\s*$/, person.lastName)
  await visitor.types('Adresse e-mail', person.email)
  await visitor.types(/^\s*Mot de passe\s*$/, person.password)
  await visitor.types('Tapez-le une seconde fois', person.password)
  await visitor.ticks(/J’accepte les conditions/)
  await visitor.presses('S’inscrire')
}
