import { Secret } from '@myanm/chassis'
import { seedJobOffers } from '@myanm/guide-social/scene'
import { seedRegister, seedScene } from '@myanm/idp/scene'
import { subjects } from '@myanm/idp/subject'
import { known } from './environment.ts'
import { hasPassword, organisations, people } from './scene.ts'
import { databasesOf, type Preparation } from './stores.ts'

/** Puts the people, organisations and clients in place, then what they wrote. May run again at any time. */
export async function fill(preparation: Preparation): Promise<void> {
  const { secrets, clients } = preparation
  const databases = databasesOf(preparation)
  const seeded = await seedScene({
    databaseUrl: databases.idp,
    organisations,
    people: people.map((person) => ({
      ...person,
      password: hasPassword(person) ? known(secrets.people, person.key) : null,
      ...(person.isStaff && { staff: { oneTimeSecret: known(secrets.oneTime, person.key) } }),
    })),
    clients,
    keyEncryptionKey: new Secret(known(secrets.keys, 'keyEncryption')),
  })
  await seedRegister({ databaseUrl: databases.idp })
  const subjectOf = subjects(new Secret(known(secrets.keys, 'pairwise')))
  const found = (all: ReadonlyMap<string, string>, key: string): string => {
    const id = all.get(key)
    if (id === undefined) throw new Error(`The scene was filled without ${key}`)
    return id
  }
  const organisation = (key: 'tilleuls' | 'passage') => ({
    id: found(seeded.organisations, key),
    name: organisations.find((one) => one.key === key)?.name ?? key,
  })
  const author = (key: string) => subjectOf(found(seeded.accounts, key), 'anm')
  await seedJobOffers({
    databaseUrl: databases['guide-social'],
    organisations: { tilleuls: organisation('tilleuls'), passage: organisation('passage') },
    authors: {
      collaborateur: author('collaborateur'),
      collegue: author('collegue'),
      responsable: author('responsable'),
      gestionnaire: author('gestionnaire'),
      voisin: author('voisin'),
      multi: author('multi'),
    },
    now: new Date(),
  })
}
