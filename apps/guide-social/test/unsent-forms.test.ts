import './patience.ts'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { answerQuestions, typeCredentials, type Visitor } from '@myanm/testing'
import { COMPLETE, makeOffer, openStage, PASSAGE, type Stage, TILLEULS } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(async () => {
  await stage[Symbol.asyncDispose]()
})

const at = (path: string) => new URL(path, stage.site)
const endSessions = () => stage.rows('delete from session')
const publish = (visitor: Visitor, fields: Record<string, string> = COMPLETE) =>
  visitor.submit({ fields, button: { name: 'faire', value: 'publier' } })

describe('the session ends while somebody types', () => {
  test('a new offer: the form comes back as it was sent, and goes through after signing in', async () => {
    const visitor = await stage.signIn('collaborateur')
    await visitor.go(at('/publier/emploi'))
    await endSessions()
    const page = await publish(visitor)
    expect(page.status).toBe(401)
    expect(page.text).toContain('Votre session est terminée. Votre texte est toujours là.')
    expect(page.$('[name=texte]').val()).toBe(COMPLETE.texte)
    const link = page.$('main a[target=_blank]')
    expect(link.attr('rel')).toContain('noopener')
    expect(await stage.rows('select 1 from job_offer')).toEqual([])

    // Signing in happens in another tab of the same browser; MyANM still knows the person.
    await visitor.go(String(link.attr('href')))
    if (visitor.page?.url.origin !== stage.site.origin) {
      await typeCredentials(visitor, 'collaborateur')
      await answerQuestions(visitor)
    }
    expect(visitor.page?.text).toContain('revenez à votre formulaire et envoyez-le à nouveau')
    visitor.page = page
    const sent = await visitor.submit({ button: { name: 'faire', value: 'publier' } })
    expect(sent.text).toContain('Votre offre est en ligne.')
  })

  test('an edit: nothing of the offer is shown to somebody unknown but what they typed', async () => {
    const visitor = await stage.signIn('collaborateur')
    const { url } = await makeOffer(visitor, stage, { titre: 'Un brouillon secret' }, 'enregistrer')
    await visitor.go(at(`${url.pathname}/modifier`))
    await endSessions()
    const page = await visitor.submit({
      fields: { titre: 'Ce que j’ai tapé', texte: 'Longuement.' },
      button: { name: 'faire', value: 'enregistrer' },
    })
    expect(page.status).toBe(401)
    expect(page.$('[name=titre]').val()).toBe('Ce que j’ai tapé')
    expect(page.text).not.toContain('Un brouillon secret')
  })

  test('a program is told so instead', async () => {
    const visitor = await stage.signIn('collaborateur')
    const page = await visitor.go(at('/publier/emploi'))
    await endSessions()
    const answer = await visitor.request(at('/publier/emploi'), {
      method: 'POST',
      body: new URLSearchParams({ jeton: String(page.$('[name=jeton]').val()) }).toString(),
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
      },
    })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
  })
})

describe('the organisation acted for changes in another tab', () => {
  test('a form opened for one is not published for the other unasked', async () => {
    const visitor = await stage.signIn('multi', TILLEULS)
    const form = await visitor.go(at('/publier/emploi'))
    await visitor.go(at('/connexion?contexte=choisir&retour=/emplois'))
    await answerQuestions(visitor, PASSAGE)
    expect(visitor.page?.text).toContain('au nom de Le Passage ASBL')

    visitor.page = form
    const page = await publish(visitor)
    expect(page.status).toBe(409)
    expect(page.text).toContain('Vous agissez maintenant pour Le Passage ASBL')
    expect(page.$('[name=texte]').val()).toBe(COMPLETE.texte)
    expect(
      await stage.rows(`select 1 from job_offer where organisation_name = $1`, [PASSAGE]),
    ).toEqual([])

    const sent = await visitor.submit({ button: { name: 'faire', value: 'publier' } })
    expect(sent.text).toContain('Votre offre est en ligne.')
    const [row] = await stage.rows<{ organisation_name: string }>(
      'select organisation_name from job_offer order by number desc limit 1',
    )
    expect(row?.organisation_name).toBe(PASSAGE)
  })
})

describe('forms of strangers', () => {
  test('another site’s form changes nothing', async () => {
    const visitor = await stage.signIn('collaborateur')
    const page = await visitor.go(at('/publier/emploi'))
    const fields = { ...COMPLETE, faire: 'publier', jeton: String(page.$('[name=jeton]').val()) }
    const before = await stage.rows('select id from job_offer')
    for (const [headers, jeton] of [
      [{ origin: 'https://evil.example' }, fields.jeton],
      [{ 'sec-fetch-site': 'cross-site' }, fields.jeton],
      [{}, 'wrong'],
    ] as const) {
      const refused = await visitor.post(at('/publier/emploi'), { ...fields, jeton }, headers)
      expect(refused.status).toBe(403)
    }
    expect(await stage.rows('select id from job_offer')).toEqual(before)
  })

  test('what no browser would send gets a 4xx', async () => {
    const visitor = await stage.signIn('collaborateur')
    const page = await visitor.go(at('/publier/emploi'))
    const jeton = encodeURIComponent(String(page.$('[name=jeton]').val()))
    const send = (body: string) =>
      visitor.request(at('/publier/emploi'), {
        method: 'POST',
        body: `jeton=${jeton}&${body}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      })
    expect((await send('titre=a%00b')).status).toBe(400)
    expect((await send('titre=a&titre=b')).status).toBe(400)
    expect((await send('titre=%ff')).status).toBe(400)
    expect((await send(`texte=${'a'.repeat(70_000)}`)).status).toBe(413)
    expect((await send(`texte=${'é'.repeat(8001)}`)).status).toBe(422)
    expect((await send('aides=ape&aides=ape&aides=__proto__&__proto__=1')).status).toBe(422)
  })
})
