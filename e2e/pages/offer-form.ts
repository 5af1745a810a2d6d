import type { Visitor } from '../visitor.ts'

/** Fills in what an offer needs to be published. */
export async function writesOffer(visitor: Visitor, title: string): Promise<void> {
  await visitor.types('Titre de l’offre', title)
  await visitor.picks('Fonction', 'Logopède')
  await visitor.types('Texte de l’offre', 'Une équipe de sept personnes vous attend.')
  await visitor.types('Code postal du lieu de travail', '5000')
  await visitor.types('Localité', 'Namur')
  await visitor.ticks('CDI')
  await visitor.ticks('temps plein')
  await visitor.ticks('Le salaire est communiqué avant l’entretien')
  await visitor.types('Adresse e-mail', 'recrutement@lestilleuls.example')
}
