import './patience.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { type Page, Visitor } from '@myanm/testing'
import { COMPLETE, makeOffer, openStage, postByHand, type Stage, versionOn } from './stage.ts'

let stage: Stage
let author: Visitor
let responsible: Visitor
beforeAll(async () => {
  stage = await openStage()
  author = await stage.signIn('collaborateur')
  responsible = await stage.signIn('responsable')
})
afterAll(async () => {
  await stage[Symbol.asyncDispose]()
})

const E40 = (name: string) =>
  `Cette page a été modifiée entre-temps par ${name}. Rechargez-la avant d'enregistrer.`

let offer: URL
beforeEach(async () => {
  offer = (await makeOffer(author, stage, { limite: '31/12/2027' })).url
})

const edit = (visitor: Visitor) => visitor.go(new URL(`${offer.pathname}/modifier`, stage.site))
const save = (visitor: Visitor, fields: Record<string, string>) =>
  visitor.submit({ fields, button: { name: 'faire', value: 'enregistrer' } })

/** Sends a form as it stands on a page, many copies at once, each with its own changes. */
async function sendAtOnce(
  page: Page,
  visitor: Visitor,
  copies: readonly Record<string, string>[],
): Promise<Response[]> {
  const form = page.$('main form[action$="/modifier"]')
  return Promise.all(
    copies.map((changes) => {
      const body = new URLSearchParams(
        form.serializeArray().map(({ name, value }) => [name, value] as [string, string]),
      )
      for (const [name, value] of Object.entries(changes)) body.set(name, value)
      return visitor.request(new URL(form.attr('action') ?? '', stage.site), {
        method: 'POST',
        body: body.toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      })
    }),
  )
}

describe('two people edit one offer', () => {
  test('the second is told by whom; what both wrote stands on the page (E40)', async () => {
    await edit(author)
    await edit(responsible)
    await save(responsible, { titre: 'Le titre de la responsable', localite: 'Jambes' })
    const page = await save(author, { titre: 'Le titre de l’auteur', diplome: 'Bachelier' })

    expect(page.status).toBe(409)
    expect(page.text).toContain(E40('Responsable Dupont'))
    expect(page.$('[name=titre]').val()).toBe('Le titre de l’auteur')
    expect(page.text).toContain('Le titre de la responsable')
    // What only one of them changed needs no choice.
    expect(page.$('[name=diplome]').val()).toBe('Bachelier')
    expect(page.$('[name=localite]').val()).toBe('Jambes')
    expect(page.text).toContain('Repris de sa version : Localité.')

    const saved = await author.submit({ button: { name: 'faire', value: 'enregistrer' } })
    expect(saved.status).toBe(200)
    expect(saved.$('h1').text()).toBe('Le titre de l’auteur')
    expect(saved.text).toContain('Jambes')
    expect(saved.text).toContain('Bachelier')
  })

  test('a program is told by RFC 9457', async () => {
    const page = await edit(author)
    await edit(responsible)
    await save(responsible, { localite: 'Jambes' })
    const form = page.$('main form[action$="/modifier"]')
    const body = form.serializeArray().map(({ name, value }) => [name, value] as [string, string])
    const answer = await author.request(new URL(form.attr('action') ?? '', stage.site), {
      method: 'POST',
      body: new URLSearchParams([...body, ['faire', 'enregistrer']]).toString(),
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(answer.status).toBe(409)
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
    expect(await answer.json()).toMatchObject({ detail: E40('Responsable Dupont') })
  })

  test('reloading shows the other’s version alone', async () => {
    await edit(author)
    await edit(responsible)
    await save(responsible, { titre: 'Le titre de la responsable' })
    await save(author, { titre: 'Le titre de l’auteur' })
    const page = await author.follow('Recharger la page')
    expect(page.$('[name=titre]').val()).toBe('Le titre de la responsable')
  })

  test('twenty edits of one version at once: exactly one is made, the others are told', async () => {
    const pages = [await edit(author), await edit(responsible)]
    const copies = (who: string) =>
      Array.from({ length: 10 }, (_, copy) => ({
        titre: `Titre ${copy} de ${who}`,
        faire: 'enregistrer',
      }))
    const answers = (
      await Promise.all([
        sendAtOnce(pages[0] as Page, author, copies('l’auteur')),
        sendAtOnce(pages[1] as Page, responsible, copies('la responsable')),
      ])
    ).flat()
    const statuses = answers.map(({ status }) => status).sort()
    expect(statuses).toEqual([303, ...Array(19).fill(409)])
    const number = Number(offer.pathname.split('__')[1])
    const [row] = await stage.rows<{ version: number; versions: number }>(
      `select version, (select count(*)::int from job_offer_version v where v.offer_id = o.id) as versions
       from job_offer o where number = $1`,
      [number],
    )
    expect(row).toEqual({ version: 2, versions: 2 })
  })

  test('the same save sent twice is one save, not a quarrel with oneself', async () => {
    const page = await edit(author)
    const copy = { titre: 'Un titre enregistré deux fois', faire: 'enregistrer' }
    const answers = await sendAtOnce(page, author, [copy, copy, copy])
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303])
    const history = await stage.rows(
      `select 1 from job_offer_version v join job_offer o on o.id = v.offer_id where o.number = $1`,
      [Number(offer.pathname.split('__')[1])],
    )
    expect(history).toHaveLength(2)
  })

  test('one’s own other window counts as another person', async () => {
    const first = await edit(author)
    await edit(author)
    await save(author, { titre: 'De la seconde fenêtre' })
    author.page = first
    const page = await save(author, { titre: 'De la première fenêtre' })
    expect(page.status).toBe(409)
    expect(page.text).toContain(E40('Collaborateur Dupont'))
  })

  test('deleting what a colleague has just changed is refused with the same words', async () => {
    await author.go(new URL(`${offer.pathname}/supprimer`, stage.site))
    await edit(responsible)
    await save(responsible, { texte: 'Un texte tout neuf.' })
    const page = await author.submit()
    expect(page.status).toBe(409)
    expect(page.text).toContain(E40('Responsable Dupont'))
    expect((await new Visitor().go(offer)).status).toBe(200)
  })

  test('what a colleague has deleted meanwhile is not saved, and not lost', async () => {
    await edit(author)
    await responsible.go(new URL(`${offer.pathname}/supprimer`, stage.site))
    await responsible.submit()
    const page = await save(author, { texte: 'Une heure de travail.' })
    expect(page.status).toBe(409)
    expect(page.text).toContain(E40('Responsable Dupont'))
    expect(page.$('[name=texte]').val()).toBe('Une heure de travail.')
    const again = await author.submit({ button: { name: 'faire', value: 'enregistrer' } })
    expect(again.status).toBe(409)
    expect(again.$('[name=texte]').val()).toBe('Une heure de travail.')
  })

  test('a button pressed twice does its work once', async () => {
    const page = await author.go(offer)
    const version = versionOn(page)
    for (let press = 0; press < 2; press += 1) {
      const done = await postByHand(author, new URL(`${offer.pathname}/retirer`, stage.site), {
        version,
      })
      expect(done.text).toContain('L’offre est retirée')
    }
  })

  test('a button without its version, or with nonsense, is refused', async () => {
    for (const fields of [{}, { version: '0' }, { version: 'abc' }, { version: '99999999999' }]) {
      const page = await postByHand(
        author,
        new URL(`${offer.pathname}/retirer`, stage.site),
        fields as Record<string, string>,
      )
      expect(page.status).toBe(400)
    }
    const form = { ...COMPLETE, limite: '31/12/2027', version: 'abc' }
    const page = await postByHand(author, new URL(`${offer.pathname}/modifier`, stage.site), form)
    expect(page.status).toBe(409)
  })
})
