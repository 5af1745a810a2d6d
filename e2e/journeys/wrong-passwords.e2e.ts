import { describe, expect, test } from '@jest/globals'
import { giveLogin, givePassword } from '../pages/sign-in.ts'
import { openStage } from '../stage.ts'
import type { Visitor } from '../visitor.ts'

const stage = openStage()

const E01 = 'Identifiant ou mot de passe incorrect.'
const E02 = /Trop de tentatives\. Réessayez dans \d+ minutes ou réinitialisez votre mot de passe\./

async function atThePasswordOf(login: string): Promise<Visitor> {
  const visitor = await stage.visitor()
  await visitor.opens(stage.scene.address('guide-social', '/mes-annonces'))
  await giveLogin(visitor, login)
  return visitor
}

/** The page as it reads, the login typed apart. */
async function pageAfter(visitor: Visitor, login: string) {
  await givePassword(visitor, 'pas le bon mot de passe')
  const { status, page } = visitor
  const text = (await visitor.reads()).replaceAll(login, '(login)')
  return { status, title: await page.title(), text }
}

describe('a password that is not right', () => {
  test('a wrong password and an unknown login lead to the same page', async () => {
    const { login } = stage.scene.somebody('responsable')
    const wrong = await pageAfter(await atThePasswordOf(login), login)
    const unknown = await pageAfter(await atThePasswordOf('personne.ici'), 'personne.ici')
    expect(wrong).toEqual(unknown)
    expect(wrong.status).toBe(422)
    expect(wrong.text).toContain(E01)
  })

  test('the error leads to its field, and the right password then signs in', async () => {
    const somebody = stage.scene.somebody('voisin')
    const visitor = await atThePasswordOf(somebody.login)
    await givePassword(visitor, 'presque')
    const summary = visitor.page.locator('.error-summary')
    await visitor.follows(E01, summary)
    expect(await visitor.page.locator(':focus').getAttribute('name')).toBe('mot_de_passe')
    await givePassword(visitor, somebody.password)
    await visitor.isOn(stage.scene.address('guide-social', '/mes-annonces'))
  })

  test('one corrects a login mistyped without going back to the site', async () => {
    const visitor = await atThePasswordOf('gerald.gilet')
    await visitor.follows('ce n’est pas moi')
    await visitor.signsInAs(stage.scene.somebody('gestionnaire'))
    await visitor.isOn(stage.scene.address('guide-social', '/mes-annonces'))
  })

  test('after five failures the door is shut, known or not, and the owner is told by mail', async () => {
    const { scene } = stage
    const colleague = scene.somebody('collegue')
    for (const login of [colleague.login, 'personne.du.tout']) {
      const visitor = await atThePasswordOf(login)
      for (let time = 0; time < 5; time += 1) await givePassword(visitor, `essai ${time}`)
      await visitor.sees(E01)
      await givePassword(visitor, colleague.password)
      await visitor.sees(E02)
      expect(visitor.status).toBe(429)
    }

    const owner = await stage.visitor()
    await owner.opens(scene.address('mailbox'))
    await owner.soonSees('chloe.cools@exemple.be', 5_000)
  })
})
