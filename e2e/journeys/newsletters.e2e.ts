import { expect, test } from '@jest/globals'
import { mailTo } from '../mail.ts'
import { openStage } from '../stage.ts'
import { tourOf } from '../tour.ts'

const stage = openStage()

/** Chosen, confirmed from the mailbox in another browser, ended again; every page looked at closely (M26). */
test('somebody chooses a newsletter, confirms it by mail, and gives it up', async () => {
  const { scene } = stage
  const visitor = await stage.visitor()
  const tour = await tourOf(visitor)
  const somebody = scene.somebody('independant')
  await visitor.opens(scene.address('myanm', '/compte/preferences'))
  await visitor.signsInAs(somebody)
  await visitor.ticks('Newsletter Emploi')
  await visitor.presses('Enregistrer mes choix')
  await visitor.sees('un e-mail vous attend', 'À confirmer')
  await tour.looks()
  await visitor.presses('Confirmer')
  await visitor.sees('Tapez le code qui se trouve dans l’e-mail.')
  await tour.looks()

  const elsewhere = await stage.visitor()
  const tourElsewhere = await tourOf(elsewhere)
  const mail = await mailTo(scene, somebody.email, 'Confirmez votre inscription')
  await elsewhere.opens(mail.link)
  await tourElsewhere.looks()
  await elsewhere.presses('Confirmer mon inscription')
  await elsewhere.sees('Votre inscription est confirmée')
  await tourElsewhere.looks()

  await visitor.opens(scene.address('myanm', '/compte/preferences'))
  await visitor.sees('Inscription confirmée le')
  await visitor.page.getByLabel('Newsletter Emploi').uncheck()
  await visitor.presses('Enregistrer mes choix')
  await visitor.sees('Vos choix sont enregistrés.')
  await tour.looks()

  await tour.opens(scene.address('myanm', '/newsletter/un-lien-qui-n-existe-pas'))
  await tour.opens(scene.address('myanm', '/newsletter/arret/un-lien-qui-n-existe-pas'))
  expect([...tour.faults, ...tourElsewhere.faults]).toEqual([])
})
