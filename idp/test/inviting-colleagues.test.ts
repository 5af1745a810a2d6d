import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import {
  arrange,
  arrangeState,
  newVisitor,
  PASSWORD,
  type Page,
  query,
  signInAs,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  Visitor,
  withDatabase,
} from '@myanm/testing'
import { expireInvitations, sendInvitationAgain } from '#invitations'
import { codeIn, GOOD_PASSWORD, type Letter, register } from './stage/registering.ts'
import { signsIn } from './stage/team.ts'
import { until } from './stage/until.ts'

let database: TestDatabase
let myanm: TestIdp

beforeEach(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({ database })
})

afterEach(async () => {
  await myanm.stop()
  await database.drop()
})

const NEW = 'zoe.lambert@ailleurs.be'
const at = (path: string): URL => new URL(path, myanm.issuer)
const idOf = (key: string): string => myanm.accounts.get(key) ?? ''
const tilleuls = (): string => myanm.organisations.get('tilleuls') ?? ''
const passage = (): string => myanm.organisations.get('passage') ?? ''
const inviting = (rest = '', organisation = tilleuls()): URL =>
  at(`/organismes/${organisation}/equipe/inviter${rest}`)

/** A browser that stops where a site would take over. */
const browser = (): Visitor => new Visitor({ stopAt: (url) => /^999\d$/.test(url.port) })
async function comesIn(login: string): Promise<Visitor> {
  const visitor = browser()
  await visitor.go(at('/compte'))
  await visitor.submit({ fields: { identifiant: login } })
  await visitor.submit({ fields: { mot_de_passe: PASSWORD } })
  return visitor
}

const person = (email: string, more: Record<string, string> = {}) => ({
  email,
  role: 'COLLABORATEUR',
  site: 'guide-social',
  message: '',
  ...more,
})

async function invites(
  by: string | Visitor,
  email: string,
  more: Record<string, string> = {},
): Promise<Page> {
  const visitor = typeof by === 'string' ? await signsIn(myanm.issuer, by) : by
  await visitor.go(inviting())
  return visitor.submit({ form: 'main form.card', fields: person(email, more) })
}

async function letterTo(email: string, least = 1): Promise<Letter> {
  const found = () =>
    myanm.letters.filter(({ to, subject }) => to === email && subject.includes('vous invite'))
  await until(() => found().length >= least)
  return found().at(-1) as Letter
}

const linkIn = ({ text }: Letter): URL => {
  const [link] = /https?:\/\/\S+\/invitation\/\S+/.exec(text) ?? []
  if (!link) throw new Error(text)
  return new URL(link)
}

interface Row {
  readonly id: string
  readonly email: string
  readonly role: string
  readonly state: string
  readonly accepted_by: string | null
  readonly invited_by: string
  readonly expires_at: Date
}
const invitationsFor = (email: string) =>
  query<Row & Record<string, unknown>>(
    database,
    'select * from invitation where email_key = identifier_key($1) order by id',
    [email],
  )
const onlyInvitation = async (email: string) => {
  const [row, ...more] = await invitationsFor(email)
  expect(more).toEqual([])
  return row as Row
}

const accountAt = async (email: string): Promise<string | undefined> => {
  const [row] = await query<{ id: string }>(
    database,
    'select account_id as id from account_identifier where key = identifier_key($1)',
    [email],
  )
  return row?.id
}

const membershipsOf = (account: string | undefined, organisation = tilleuls()) =>
  query<{ role: string; role_by: string | null }>(
    database,
    `select role, role_by from membership
      where account_id = $1 and organisation_id = $2 and state = 'active'`,
    [account, organisation],
  )

/** Invited by the GESTIONNAIRE, with the mail at hand. */
async function invitation(email: string, more: Record<string, string> = {}): Promise<URL> {
  await invites('gestionnaire', email, more)
  return linkIn(await letterTo(email))
}

const newcomer = (more: Record<string, string> = {}) => ({
  prenom: 'Zoé',
  nom: 'Lambert',
  mot_de_passe: GOOD_PASSWORD,
  confirmation: GOOD_PASSWORD,
  conditions: 'oui',
  ...more,
})

const joinsAnew = (visitor: Visitor, more: Record<string, string> = {}) =>
  visitor.submit({ form: 'form[action$="/compte"]', fields: newcomer(more) })
const accepts = (visitor: Visitor) => visitor.submit({ form: 'form:has(input[name=avec])' })
const declines = (visitor: Visitor) => visitor.submit({ form: 'form[action$="/decliner"]' })

describe('inviting one person', () => {
  test('sends ML9 to that address, with the organisation, the role and who invites; the list says so', async () => {
    const page = await invites('gestionnaire', NEW, { message: 'Bienvenue parmi nous' })
    expect(page.status).toBe(200)
    expect(page.text).toContain('L’invitation est en route')
    const letter = await letterTo(NEW)
    expect(letter.subject).toBe('Gestionnaire Dupont vous invite à rejoindre Les Tilleuls ASBL')
    expect(letter.text).toContain('avec le rôle Collaborateur')
    await until(async () => {
      const visitor = await signsIn(myanm.issuer, 'gestionnaire')
      return (await visitor.go(inviting())).text.includes(`${NEW} Par vous`)
    })
    expect(await onlyInvitation(NEW)).toMatchObject({ role: 'COLLABORATEUR', state: 'pending' })
    const data = await (await signsIn(myanm.issuer, 'gestionnaire')).go(at('/compte/donnees'))
    expect(data.text).toContain('une invitation que vous avez envoyée')
  })

  test('is for RESPONSABLES and the GESTIONNAIRE; who is not of the team finds no such page (P20)', async () => {
    for (const [login, status] of [
      ['lecteur', 403],
      ['collaborateur', 403],
      ['voisin', 404],
      ['responsable', 200],
    ] as const) {
      const visitor = await signsIn(myanm.issuer, login)
      for (const rest of ['', '/plusieurs']) {
        expect([login, rest, (await visitor.go(inviting(rest))).status]).toEqual([
          login,
          rest,
          status,
        ])
      }
    }
  })

  test('as RESPONSABLE is for a reader or a collaborator (E20), whatever the form says', async () => {
    const visitor = await signsIn(myanm.issuer, 'responsable')
    await visitor.go(inviting())
    expect(visitor.page?.$('input[value=RESPONSABLE]').length).toBe(0)
    const page = await invites(visitor, NEW, { role: 'RESPONSABLE' })
    expect(page.status).toBe(422)
    expect(page.text).toContain(
      'Comme responsable, vous pouvez inviter un lecteur ou un collaborateur.',
    )
    expect(page.$('input[name=email]').attr('value')).toBe(NEW)
    expect(await invitationsFor(NEW)).toEqual([])
    const lead = await invites(visitor, NEW, { role: 'GESTIONNAIRE' })
    expect(lead.status).toBe(422)
    expect(await invitationsFor(NEW)).toEqual([])
  })

  test('who is of the team, or invited already, is said to be (E19); nothing typed is lost', async () => {
    const member = await invites('gestionnaire', 'Lecteur@Exemple.be', { message: 'Bonjour' })
    expect(member.status).toBe(422)
    expect(member.text).toContain('Cette personne fait déjà partie de l’équipe.')
    expect(member.$('textarea[name=message]').text()).toBe('Bonjour')
    await invites('gestionnaire', NEW)
    const again = await invites('responsable', NEW.toUpperCase())
    expect(again.text).toContain('Une invitation est déjà en attente pour cette adresse.')
    expect((await invites('gestionnaire', 'pas-une-adresse')).text).toContain(
      'Indiquez une adresse e-mail valide, par exemple prenom.nom@exemple.be.',
    )
  })

  test('tells nothing of who has an account: an address of somebody and of nobody are answered alike', async () => {
    const visitor = await signsIn(myanm.issuer, 'gestionnaire')
    const words = async (email: string) => {
      const page = await invites(visitor, email)
      return page.text.replaceAll(email, 'X')
    }
    const [known, suspended, legacy, unknown] = [
      await words('particulier@exemple.be'),
      await words('suspendu@exemple.be'),
      await words('ancien@exemple.be'),
      await words('personne@exemple.be'),
    ]
    // Whether its mail has left yet is a matter of the moment.
    const line = (text: string) =>
      text
        .split('Invitations envoyées')[1]
        ?.split('Ouvrir')[0]
        ?.replace('En cours d’envoi', 'Envoyée')
    expect(line(suspended)).toBe(line(known))
    expect(line(legacy)).toBe(line(known))
    expect(line(unknown)).toBe(line(known))
  })

  test('by two at once is one invitation', async () => {
    const visitors = await Promise.all(
      ['gestionnaire', 'responsable', 'gestionnaire', 'responsable'].map((login) =>
        signsIn(myanm.issuer, login),
      ),
    )
    const pages = await Promise.all(visitors.map((visitor) => invites(visitor, NEW)))
    expect(pages.map(({ status }) => status).sort()).toEqual([200, 422, 422, 422])
    expect(await onlyInvitation(NEW)).toMatchObject({ state: 'pending' })
  })

  test('a name, an organisation or a message that is a link is none in the mail (F32)', async () => {
    const bait = 'Gagnez https://mal.exemple/prix'
    await arrange(database, 'update account set given_name = $1 where id = $2', [
      bait,
      idOf('gestionnaire'),
    ])
    await arrange(database, 'update organisation set name = $1 where id = $2', [
      'www.mal.exemple ASBL',
      tilleuls(),
    ])
    await invites('gestionnaire', NEW, {
      message: `Vite : ${bait} <a href="//mal.exemple">ici</a>`,
    })
    const letter = await letterTo(NEW)
    expect(letter.subject).toBe('Un membre de l’équipe vous invite à rejoindre un organisme')
    for (const part of [letter.subject, letter.text, letter.html])
      expect(part).not.toContain('mal.exemple')
    const page = await newVisitor().go(linkIn(letter))
    expect(page.text).toContain('https://mal.exemple/prix')
    expect(page.$('main a[href*="mal.exemple"]').length).toBe(0)
  })
})

describe('inviting two hundred', () => {
  const fields = (liste: string, more: Record<string, string> = {}) => ({
    liste,
    role: 'LECTEUR',
    site: 'monasbl',
    message: '',
    ...more,
  })
  const rehearses = async (visitor: Visitor, liste: string, more: Record<string, string> = {}) => {
    await visitor.go(inviting('/plusieurs'))
    return visitor.submit({ form: 'main form.card', fields: fields(liste, more) })
  }
  const sends = (visitor: Visitor) =>
    visitor.submit({ form: 'main form.cluster', button: { name: 'etape', value: 'envoyer' } })

  test('shows a result for each line first, keeps nothing; then sends what is valid', async () => {
    await invites('gestionnaire', 'deja@ailleurs.be')
    const visitor = await signsIn(myanm.issuer, 'responsable')
    const liste = [
      `Zoé Lambert <${NEW}>; collaborateur`,
      'lecteur@exemple.be',
      'deja@ailleurs.be',
      'pas une adresse',
      'chef@ailleurs.be; responsable',
      'luc@ailleurs.be\tlecteur',
      NEW.toUpperCase(),
    ].join('\r\n')
    const page = await rehearses(visitor, liste)
    expect(page.status).toBe(200)
    expect(page.text).toContain('2 invitations sont prêtes ; 5 lignes sont à revoir.')
    const results = Object.fromEntries(
      page
        .$('tbody tr')
        .toArray()
        .map((row) => [
          Number(page.$(row).find('td').first().text()),
          page.$(row).find('td').last().text().replaceAll(/\s+/g, ' ').trim(),
        ]),
    )
    expect(results).toEqual({
      1: 'Prête',
      2: 'À revoir. Cette personne fait déjà partie de l’équipe.',
      3: 'À revoir. Une invitation est déjà en attente pour cette adresse.',
      4: 'À revoir. Indiquez une adresse e-mail valide, par exemple prenom.nom@exemple.be.',
      5: 'À revoir. Comme responsable, vous pouvez inviter un lecteur ou un collaborateur.',
      6: 'Prête',
      7: 'À revoir. Cette adresse est déjà plus haut dans la liste.',
    })
    expect(await invitationsFor(NEW)).toEqual([])

    const changed = await visitor.submit({
      form: 'main form.cluster',
      button: { name: 'etape', value: 'modifier' },
    })
    expect(changed.$('textarea[name=liste]').text()).toContain('luc@ailleurs.be\tlecteur')
    await rehearses(visitor, liste)
    expect((await sends(visitor)).text).toContain('Les invitations sont en route')
    expect(await onlyInvitation(NEW)).toMatchObject({ role: 'COLLABORATEUR', state: 'pending' })
    expect(await onlyInvitation('luc@ailleurs.be')).toMatchObject({ role: 'LECTEUR' })
    await letterTo(NEW)
  })

  test('two hundred are looked at and queued within two seconds, and all of them leave', async () => {
    const visitor = await signsIn(myanm.issuer, 'gestionnaire')
    const many = Array.from({ length: 200 }, (_, index) => `personne${index}@ailleurs.be`)
    await rehearses(visitor, many.join('\n'))
    const jeton = String(visitor.page?.$('input[name=jeton]').attr('value'))
    const body = new URLSearchParams({ ...fields(many.join('\n')), jeton, etape: 'envoyer' })
    const begun = performance.now()
    const answer = await visitor.request(inviting('/plusieurs'), {
      method: 'POST',
      body: body.toString(),
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        origin: myanm.issuer.origin,
      },
    })
    const took = performance.now() - begun
    expect(answer.status).toBe(303)
    const [row] = await query<{ invitations: number; letters: number }>(
      database,
      `select (select count(*) from invitation where state = 'pending') as invitations,
        (select count(*) from letter where code = 'invitation') as letters`,
    )
    expect(row).toEqual({ invitations: 200, letters: 200 })
    expect(took).toBeLessThan(2000)
    await until(() => myanm.letters.length >= 200, 30_000)
    expect(new Set(myanm.letters.map(({ to }) => to)).size).toBe(200)
    const links = myanm.letters.map((letter) => linkIn(letter).href)
    expect(new Set(links).size).toBe(200)
  })

  test('more are refused, as is more than a thousand a day', async () => {
    const visitor = await signsIn(myanm.issuer, 'gestionnaire')
    const many = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => `p${from + index}@ailleurs.be`).join('\n')
    const page = await rehearses(visitor, many(0, 201))
    expect(page.status).toBe(422)
    expect(page.$('textarea[name=liste]').text()).toContain('p200@ailleurs.be')
    await arrange(
      database,
      `insert into invitation (organisation_id, email, role, invited_by)
        select $1, 'x' || n || '@ailleurs.be', 'LECTEUR', $2 from generate_series(1, 999) n`,
      [tilleuls(), idOf('gestionnaire')],
    )
    expect((await rehearses(visitor, many(0, 2))).text).toContain(
      '1 invitation est prête ; 1 ligne',
    )
  })

  test('the list of a thousand is read page by page', async () => {
    await arrange(
      database,
      `insert into invitation (organisation_id, email, role, invited_by)
        select $1, 'x' || n || '@ailleurs.be', 'LECTEUR', $2 from generate_series(1, 45) n`,
      [tilleuls(), idOf('gestionnaire')],
    )
    const visitor = await signsIn(myanm.issuer, 'gestionnaire')
    const seen: string[] = []
    let page = await visitor.go(inviting())
    for (;;) {
      seen.push(
        ...page
          .$('tbody .person__name')
          .toArray()
          .map((one) => page.$(one).text()),
      )
      if (!page.text.includes('Invitations plus anciennes')) break
      page = await visitor.follow('Invitations plus anciennes')
    }
    expect(seen.length).toBe(45)
    expect(new Set(seen).size).toBe(45)
  })
})

describe('an invitation that waits', () => {
  const opens = async (login: string, email = NEW) => {
    const { id } = await onlyInvitation(email)
    const visitor = await signsIn(myanm.issuer, login)
    const page = await visitor.go(inviting(`/${id}`))
    return { visitor, page }
  }
  const presses = (visitor: Visitor, what: string, fields: Record<string, string> = {}) =>
    visitor.submit({ form: `form[action$="/${what}"]`, fields })

  test('is cancelled by who sent it, by the GESTIONNAIRE, and by no other RESPONSABLE (P22)', async () => {
    const link = await invitation(NEW)
    const { visitor, page } = await opens('responsable')
    expect(page.$('form[action$="/annuler"]').length).toBe(0)
    const { id } = await onlyInvitation(NEW)
    const forced = await visitor.post(inviting(`/${id}/annuler`), {
      jeton: String(page.$('input[name=jeton]').attr('value')),
    })
    expect(forced.status).toBe(403)
    expect(await onlyInvitation(NEW)).toMatchObject({ state: 'pending' })

    const own = await opens('gestionnaire')
    expect((await presses(own.visitor, 'annuler')).text).toContain('L’invitation est annulée')
    const dead = await newVisitor().go(link)
    expect(dead.status).toBe(410)
    expect(dead.text).toContain('a été annulée')
    expect(dead.$('main a[href="/organismes/rejoindre"]').length).toBe(1)

    await invites('responsable', 'luc@ailleurs.be')
    const theirs = await opens('responsable', 'luc@ailleurs.be')
    expect((await presses(theirs.visitor, 'annuler')).text).toContain('L’invitation est annulée')
  })

  test('that a colleague cancels or corrects is told to who sent it, once, and to nobody else (ML10)', async () => {
    const told = () => myanm.letters.filter(({ subject }) => subject === 'Invitation annulée')
    await invites('responsable', 'luc@ailleurs.be')
    await presses((await opens('gestionnaire', 'luc@ailleurs.be')).visitor, 'annuler')
    await until(() => told().length === 1)
    await invites('responsable', 'lucie@ailleurs.be')
    await presses((await opens('gestionnaire', 'lucie@ailleurs.be')).visitor, 'adresse', {
      email: 'lucie@ailleurs.brussels',
    })
    await until(() => told().length === 2)
    // What somebody does with their own is known to them.
    await presses((await opens('gestionnaire', 'lucie@ailleurs.brussels')).visitor, 'annuler')
    await invites('gestionnaire', 'marc@ailleurs.be')
    await until(() => myanm.letters.some(({ to }) => to === 'marc@ailleurs.be'))
    expect(told().map(({ to }) => to)).toEqual(['responsable@exemple.be', 'responsable@exemple.be'])
    for (const { text } of told()) expect(text).not.toContain('ailleurs')
  })

  test('of a closed organisation is not sent again, and the page says why', async () => {
    await invitation(NEW)
    const { id } = await onlyInvitation(NEW)
    const gesture = { organisation: tilleuls(), invitation: id, by: idOf('gestionnaire') }
    const later = new Date(Date.now() + 120_000)
    await arrange(database, "update organisation set state = 'closed' where id = $1", [tilleuls()])
    await arrange(database, "update invitation set state = 'pending', settled_at = null")
    expect(await sendInvitationAgain(myanm.idp.services, { ...gesture, now: later })).toBe('closed')
    await arrange(database, "update organisation set state = 'active' where id = $1", [tilleuls()])
  })

  test('of another team is nowhere', async () => {
    await invitation(NEW)
    const { id } = await onlyInvitation(NEW)
    const neighbour = await signsIn(myanm.issuer, 'voisin')
    expect((await neighbour.go(inviting(`/${id}`, passage()))).status).toBe(404)
    expect((await neighbour.go(inviting(`/${id}`))).status).toBe(404)
  })

  test('is sent again at most once a minute, with the same link and another fourteen days', async () => {
    const link = await invitation(NEW)
    const first = await opens('gestionnaire')
    const soon = await presses(first.visitor, 'renvoyer')
    expect(soon.status).toBe(422)
    expect(soon.text).toContain('Attendez une minute')
    await arrange(
      database,
      `update invitation set sent_at = now() - interval '2 minutes', expires_at = now() + interval '1 day'`,
    )
    const { visitor } = await opens('gestionnaire')
    expect((await presses(visitor, 'renvoyer')).text).toContain('L’invitation est renvoyée')
    expect(linkIn(await letterTo(NEW, 2)).href).toBe(link.href)
    const { expires_at } = await onlyInvitation(NEW)
    expect(expires_at.getTime() - Date.now()).toBeGreaterThan(13.9 * 24 * 3_600_000)
  })

  test('is sent five times a day, then not', async () => {
    await invitation(NEW)
    for (let time = 2; time <= 6; time += 1) {
      await arrange(database, `update invitation set sent_at = now() - interval '2 minutes'`)
      const { visitor } = await opens('gestionnaire')
      const page = await presses(visitor, 'renvoyer')
      expect([time, page.status]).toEqual([time, time <= 5 ? 200 : 422])
    }
  })

  test('whose address was wrong is corrected in one gesture: the wrong mailbox opens nothing any more', async () => {
    const wrong = await invitation(NEW)
    const { visitor } = await opens('gestionnaire')
    const member = await presses(visitor, 'adresse', { email: 'lecteur@exemple.be' })
    expect(member.status).toBe(422)
    expect(member.text).toContain('Cette personne fait déjà partie de l’équipe.')
    expect(await onlyInvitation(NEW)).toMatchObject({ state: 'pending' })
    const page = await presses(visitor, 'adresse', { email: 'zoe.lambert@ailleurs.brussels' })
    expect(page.text).toContain('L’adresse est corrigée')
    expect(await onlyInvitation(NEW)).toMatchObject({ state: 'cancelled' })
    expect(await onlyInvitation('zoe.lambert@ailleurs.brussels')).toMatchObject({
      state: 'pending',
      role: 'COLLABORATEUR',
    })
    expect((await newVisitor().go(wrong)).status).toBe(410)
    const right = await newVisitor().go(linkIn(await letterTo('zoe.lambert@ailleurs.brussels')))
    expect(right.status).toBe(200)
  })

  test('whose mail came back says so, where its address is corrected', async () => {
    await invitation(NEW)
    await query(database, `update letter set state = 'bounced' where code = 'invitation'`)
    const { page } = await opens('gestionnaire')
    expect(page.text).toContain('Non remise')
    expect(page.text).toContain('corrigez-la')
  })

  test('expires after fourteen days: the link says so, whoever invited is told once for all, and may send it anew (ML10)', async () => {
    const link = await invitation(NEW)
    await invites('gestionnaire', 'luc@ailleurs.be')
    await arrange(database, `update invitation set expires_at = now()`)
    expect((await newVisitor().go(link)).text).toContain('n’était valable que 14 jours')
    await expireInvitations(myanm.idp.services)
    await expireInvitations(myanm.idp.services)
    expect(await onlyInvitation(NEW)).toMatchObject({ state: 'expired' })
    const told = () => myanm.letters.filter(({ to }) => to === 'gestionnaire@exemple.be')
    await until(() => told().length > 0)
    expect(told().map(({ subject }) => subject)).toEqual(['Invitation expirée'])
    expect(told()[0]?.text).toContain('2 invitations à rejoindre Les Tilleuls ASBL')
    expect(told()[0]?.text).not.toContain(NEW)
    const { visitor } = await opens('gestionnaire')
    expect((await presses(visitor, 'renvoyer')).text).toContain('renvoyée')
    expect((await invitationsFor(NEW)).map(({ state }) => state)).toEqual(['expired', 'pending'])
  })

  test('opens nothing once who sent it may no longer give that role, until somebody sends it in their name', async () => {
    await invites('responsable', NEW)
    const link = linkIn(await letterTo(NEW))
    await arrange(database, `update membership set role = 'COLLABORATEUR' where account_id = $1`, [
      idOf('responsable'),
    ])
    const visitor = browser()
    expect((await visitor.go(link)).status).toBe(410)
    expect(visitor.page?.text).toContain('ne peut plus le faire')
    const { visitor: manager, page } = await opens('gestionnaire')
    expect(page.text).toContain('À renvoyer')
    await arrange(database, `update invitation set sent_at = now() - interval '2 minutes'`)
    await presses(manager, 'renvoyer')
    const own = linkIn(await letterTo(NEW, 2))
    expect(own.href).not.toBe(link.href)
    expect((await visitor.go(own)).text).toContain('Gestionnaire Dupont vous invite')
  })
})

describe('who has no account', () => {
  test('is in after one page: name and password, then the site, acting for the organisation', async () => {
    const link = await invitation(NEW, { message: 'À lundi !' })
    const visitor = browser()
    const page = await visitor.go(link)
    expect(page.status).toBe(200)
    expect(page.$('h1').text()).toBe(
      'Gestionnaire Dupont vous invite à rejoindre Les Tilleuls ASBL',
    )
    for (const words of ['Collaborateur', 'À lundi !', 'Votre prénom et votre nom', NEW]) {
      expect(page.text).toContain(words)
    }
    const done = await joinsAnew(visitor)
    expect(done.url.href).toBe(
      `http://localhost:9999/connexion?organisation=${tilleuls()}&retour=%2F`,
    )
    const account = await accountAt(NEW)
    expect(await membershipsOf(account)).toEqual([
      { role: 'COLLABORATEUR', role_by: idOf('gestionnaire') },
    ])
    expect(await onlyInvitation(NEW)).toMatchObject({ state: 'accepted', accepted_by: account })
    // What the site asks next is answered without a question: neither who they are, nor for whom.
    const { tokens, callback } = await signInAs(myanm.issuer, NEW, {
      client: 'guide-social',
      visitor,
      parameters: { organisation: tilleuls() },
    })
    expect(callback.searchParams.get('code')).toBeTruthy()
    expect(tokens.claims()?.['org']).toEqual({ id: tilleuls(), role: 'COLLABORATEUR' })
    expect(visitor.page?.trail.map(({ pathname }) => pathname)).toEqual(['/authorize', '/callback'])
    // Signed in already: nothing is asked again.
    const home = await visitor.go(at('/compte'))
    expect(home.status).toBe(200)
    expect(home.text).toContain('Zoé Lambert')
    await until(() => myanm.letters.some(({ to }) => to === 'gestionnaire@exemple.be'))
    const told = myanm.letters.find(({ to }) => to === 'gestionnaire@exemple.be')
    expect(told?.subject).toBe('Invitation acceptée')
    expect(told?.text).toContain('Zoé Lambert a accepté')
    // And comes back with that password.
    const elsewhere = browser()
    await elsewhere.go(at('/compte'))
    await elsewhere.submit({ fields: { identifiant: NEW } })
    expect((await elsewhere.submit({ fields: { mot_de_passe: GOOD_PASSWORD } })).url.pathname).toBe(
      '/compte',
    )
  })

  test('is told what is missing, and loses nothing typed', async () => {
    const link = await invitation(NEW)
    const visitor = browser()
    await visitor.go(link)
    const page = await joinsAnew(visitor, { mot_de_passe: 'court', nom: '', conditions: '' })
    expect(page.status).toBe(422)
    expect(page.text).toContain('Nom : ce champ est obligatoire.')
    expect(page.$('input[name=prenom]').attr('value')).toBe('Zoé')
    expect(
      (await joinsAnew(visitor, { mot_de_passe: 'court', confirmation: 'court' })).text,
    ).toContain('au moins 12 caractères')
    expect(await accountAt(NEW)).toBeUndefined()
  })

  test('opened by machines, the link is not used up: neither account nor membership is made', async () => {
    const link = await invitation(NEW)
    for (const method of ['HEAD', 'GET', 'GET'] as const) {
      const answer = await fetch(link, { method, headers: { accept: 'text/html' } })
      expect(answer.status).toBe(200)
      expect(answer.headers.get('referrer-policy')).toBe('strict-origin')
    }
    expect(await accountAt(NEW)).toBeUndefined()
    expect(await onlyInvitation(NEW)).toMatchObject({ state: 'pending' })
  })

  test('types the code on another device: five wrong ones end it, and say nothing of who is invited', async () => {
    await invitation(NEW)
    const code = codeIn(await letterTo(NEW))
    const visitor = browser()
    const types = async (email: string, typed: string) => {
      await visitor.go(at('/invitation'))
      return visitor.submit({ fields: { email, code: typed } })
    }
    const words = (page: Page) => page.text.replaceAll(/\d{4}\s?\d{4}/g, '')
    const wrong = await types(NEW, '0000 0000')
    const nobody = await types('personne@ailleurs.be', '0000 0000')
    expect(words(wrong)).toBe(words(nobody))
    expect([wrong.status, nobody.status]).toEqual([422, 422])
    // Neither a page that is looked at nor a wrong code is an answer that has begun.
    await visitor.go(linkIn(await letterTo(NEW)))
    expect(await onlyInvitation(NEW)).toMatchObject({ begun_at: null })
    expect((await types(NEW.toUpperCase(), code)).$('h1').text()).toContain('vous invite')
    const { begun_at: begunAt } = (await onlyInvitation(NEW)) as unknown as { begun_at: Date }
    expect(begunAt).toBeInstanceOf(Date)
    const manager = await signsIn(myanm.issuer, 'gestionnaire')
    expect((await manager.go(inviting())).text).toContain('Réponse commencée')
    for (let time = 0; time < 4; time += 1) await types(NEW, '0000 0000')
    expect((await types(NEW, code)).status).toBe(422)
  })

  test('who had registered with that address and not confirmed it gives way: only the new password works', async () => {
    const stranger = await register(myanm, NEW, { fields: { prenom: 'Malo' } })
    expect(stranger.page.status).toBe(200)
    await until(() => myanm.letters.some(({ to }) => to === NEW))
    const confirmation = /https?:\/\/\S+\/confirmation\/\S+/.exec(
      myanm.letters.find(({ to }) => to === NEW)?.text ?? '',
    )?.[0]
    const link = await invitation(NEW)
    const visitor = browser()
    expect((await visitor.go(link)).text).not.toContain('Malo')
    const own = 'une tout autre phrase de passe'
    await joinsAnew(visitor, { mot_de_passe: own, confirmation: own })
    const account = await accountAt(NEW)
    expect(await membershipsOf(account)).toHaveLength(1)
    // The earlier link changes nothing any more, and its password opens nothing.
    const late = newVisitor()
    await late.go(confirmation ?? '')
    const door = browser()
    await door.go(at('/compte'))
    await door.submit({ fields: { identifiant: NEW } })
    await door.submit({ fields: { mot_de_passe: GOOD_PASSWORD } })
    expect(door.page?.url.pathname).not.toBe('/compte')
    expect((await door.go(at('/compte'))).url.pathname).not.toBe('/compte')
    const [row] = await query<{ given_name: string }>(
      database,
      'select given_name from account where id = $1',
      [account],
    )
    expect(row?.given_name).toBe('Zoé')
  })

  test('may register instead: the invitation does not stand in the way, and waits for them', async () => {
    const link = await invitation(NEW)
    const { visitor } = await register(myanm, NEW, { visitor: browser() })
    const confirmation = () =>
      myanm.letters.find(({ to, text }) => to === NEW && text.includes('/confirmation/'))
    await until(() => confirmation() !== undefined)
    const url = /https?:\/\/\S+\/confirmation\/\S+/.exec(confirmation()?.text ?? '')?.[0] ?? ''
    await visitor.go(url)
    await visitor.submit()
    const account = await accountAt(NEW)
    expect(await membershipsOf(account)).toEqual([])
    const { id } = await onlyInvitation(NEW)
    const signedIn = browser()
    await signedIn.go(at('/compte'))
    await signedIn.submit({ fields: { identifiant: NEW } })
    await signedIn.submit({ fields: { mot_de_passe: GOOD_PASSWORD } })
    // The first page of the new account leads there (6.1, decision 0026): offered, never done.
    expect(signedIn.page?.url.pathname).toBe('/compte')
    const [way] = signedIn.page?.$(`a[href="/compte/invitations/${id}"]`).toArray() ?? []
    expect(way).toBeDefined()
    const page = await signedIn.go(at(`/compte/invitations/${id}`))
    expect(page.text).toContain('vous invite à rejoindre Les Tilleuls ASBL')
    await accepts(signedIn)
    expect(await membershipsOf(account)).toHaveLength(1)
    expect((await signedIn.go(link)).text).toContain('Vous faites partie de Les Tilleuls ASBL')
  })

  test('an old account at that address gets its password, keeps its name, and is in (M57)', async () => {
    const link = await invitation('ancien@exemple.be')
    const visitor = browser()
    const page = await visitor.go(link)
    expect(page.text).toContain('Compte de Ancien Dupont')
    expect(page.$('input[name=prenom]').length).toBe(0)
    await visitor.submit({
      form: 'form[action$="/compte"]',
      fields: { mot_de_passe: GOOD_PASSWORD, confirmation: GOOD_PASSWORD, conditions: 'oui' },
    })
    expect(await membershipsOf(idOf('ancien'))).toHaveLength(1)
    const [row] = await query<{ state: string }>(
      database,
      'select state from account where id = $1',
      [idOf('ancien')],
    )
    expect(row?.state).toBe('active')
  })
})

describe('who has an account at the invited address', () => {
  const EMAIL = 'particulier@exemple.be'

  test('signed in, presses one button and is in the site', async () => {
    const link = await invitation(EMAIL, { site: 'monasbl' })
    const visitor = await comesIn('particulier')
    const page = await visitor.go(link)
    expect(page.$('main form').length).toBe(2)
    const done = await accepts(visitor)
    expect(done.url.port).toBe('9998')
    expect(await membershipsOf(idOf('particulier'))).toHaveLength(1)
    const [row] = await query<{ account_type: string }>(
      database,
      'select account_type from account where id = $1',
      [idOf('particulier')],
    )
    expect(row?.account_type).toBe('organisme')
  })

  test('not signed in, signs in and comes back to the invitation', async () => {
    const link = await invitation(EMAIL)
    const visitor = browser()
    await visitor.go(link)
    await visitor.follow('Me connecter')
    await visitor.submit({ fields: { identifiant: 'particulier' } })
    const page = await visitor.submit({ fields: { mot_de_passe: PASSWORD } })
    expect(page.url.pathname).toBe(link.pathname)
    await accepts(visitor)
    expect(await membershipsOf(idOf('particulier'))).toHaveLength(1)
  })

  test('without a site chosen, ends on the page of the organisation', async () => {
    const link = await invitation(EMAIL, { site: 'aucun' })
    const visitor = await comesIn('particulier')
    await visitor.go(link)
    expect((await accepts(visitor)).url.pathname).toBe(`/organismes/${tilleuls()}`)
  })

  test('finds it among their own organisations, as long as somebody answers for it', async () => {
    await invites('responsable', EMAIL)
    const visitor = await comesIn('particulier')
    expect((await visitor.go(at('/compte/organismes'))).text).toContain('Les Tilleuls ASBL')
    await visitor.go(at('/compte'))
    expect((await visitor.follow('Voir l’invitation')).text).toContain('Votre rôle : Collaborateur')
    await arrange(database, `update membership set role = 'LECTEUR' where account_id = $1`, [
      idOf('responsable'),
    ])
    expect((await visitor.go(at('/compte/organismes'))).text).not.toContain('Les Tilleuls ASBL')
  })

  test('declines, signed in or not, and may be invited again; who invited is told (ML10)', async () => {
    const link = await invitation(EMAIL)
    const visitor = browser()
    await visitor.go(link)
    expect((await declines(visitor)).text).toContain('Invitation déclinée')
    expect(await onlyInvitation(EMAIL)).toMatchObject({ state: 'declined' })
    expect((await visitor.go(link)).text).toContain('Vous avez décliné')
    await until(() => myanm.letters.some(({ subject }) => subject === 'Invitation déclinée'))
    expect(
      myanm.letters.find(({ subject }) => subject === 'Invitation déclinée')?.text,
    ).not.toContain(EMAIL)
    expect((await invites('gestionnaire', EMAIL)).status).toBe(200)
  })

  test('suspended, is told so and where to turn', async () => {
    const link = await invitation('suspendu@exemple.be')
    const page = await browser().go(link)
    expect(page.text).toContain('Ce compte est suspendu. Contactez l’équipe de l’ANM.')
    expect(page.$('main form[action$="/compte"]').length).toBe(0)
  })

  test('who is of the team another way finds the invitation closed', async () => {
    const link = await invitation(EMAIL)
    await query(
      database,
      `insert into membership (organisation_id, account_id, role) values ($1, $2, 'LECTEUR')`,
      [tilleuls(), idOf('particulier')],
    )
    expect(await onlyInvitation(EMAIL)).toMatchObject({ state: 'superseded' })
    const visitor = await comesIn('particulier')
    expect((await visitor.go(link)).text).toContain('Vous faites partie de Les Tilleuls ASBL')
  })
})

describe('who has an account under another address', () => {
  test('accepts with it and keeps both: the invited address leads to it from then on', async () => {
    const link = await invitation(NEW)
    const visitor = await comesIn('particulier')
    const page = await visitor.go(link)
    expect(page.text).toContain('z•••@ailleurs.be')
    expect(page.text).not.toContain(NEW)
    expect(page.text).toContain('il gardera les deux')
    await accepts(visitor)
    expect(await membershipsOf(idOf('particulier'))).toHaveLength(1)
    expect(await accountAt(NEW)).toBe(idOf('particulier'))
    const elsewhere = browser()
    await elsewhere.go(at('/compte'))
    await elsewhere.submit({ fields: { identifiant: NEW } })
    const home = await elsewhere.submit({ fields: { mot_de_passe: PASSWORD } })
    expect(home.text).toContain('Particulier Dupont')
    // Colleagues see the address of the account, not the other one (M53).
    const team = await (await signsIn(myanm.issuer, 'lecteur')).go(
      at(`/organismes/${tilleuls()}/equipe`),
    )
    expect(team.text).toContain('particulier@exemple.be')
    expect(team.text).not.toContain(NEW)
    // And a colleague who tries that address learns nothing of whose it is.
    expect((await invites('responsable', NEW)).status).toBe(200)
  })

  test('finds the other address among their own, and lets it go: it is nobody’s again', async () => {
    const visitor = await comesIn('particulier')
    await visitor.go(await invitation(NEW))
    await accepts(visitor)
    const page = await visitor.go(at('/compte/connexion'))
    expect(page.text).toContain(`Autres adresses`)
    expect(page.text).toContain(NEW)
    const after = await visitor.submit({ form: 'form[action$="/autres-adresses/retirer"]' })
    expect(after.text).toContain('Cette adresse ne mène plus à votre compte.')
    expect(await accountAt(NEW)).toBeUndefined()
    // Their own address and login are not let go that way.
    for (const adresse of ['particulier', 'particulier@exemple.be']) {
      await visitor.go(at('/compte/identite'))
      await visitor.post(at('/compte/connexion/autres-adresses/retirer'), {
        jeton: String(visitor.page?.$('input[name=jeton]').attr('value')),
        adresse,
      })
      expect(await accountAt(adresse)).toBe(idOf('particulier'))
    }
  })

  test('the other way round: first the account, then an invitation at its second address', async () => {
    const visitor = await comesIn('particulier')
    await visitor.go(await invitation(NEW))
    await accepts(visitor)
    await visitor.go(at('/compte'))
    const neighbour = await signsIn(myanm.issuer, 'voisin')
    await neighbour.go(inviting('', passage()))
    await neighbour.submit({ form: 'main form.card', fields: person(NEW) })
    const page = await visitor.go(linkIn(await letterTo(NEW, 2)))
    // Their own address now: one button, nothing to explain.
    expect(page.text).not.toContain('une autre adresse')
    await accepts(visitor)
    expect(await membershipsOf(idOf('particulier'), passage())).toHaveLength(1)
  })

  test('an address somebody had registered with, unproven, gives way', async () => {
    await register(myanm, NEW)
    const link = await invitation(NEW)
    const visitor = await comesIn('particulier')
    await visitor.go(link)
    await accepts(visitor)
    expect(await accountAt(NEW)).toBe(idOf('particulier'))
    expect(await membershipsOf(idOf('particulier'))).toHaveLength(1)
  })

  test('an address of another open account is not taken over (E34): sign in with that one', async () => {
    const link = await invitation('independant@exemple.be')
    const visitor = await comesIn('particulier')
    const page = await visitor.go(link)
    expect(page.text).toContain(
      'Cette invitation est destinée à i•••@exemple.be. Connectez-vous avec ce compte ou demandez une nouvelle invitation.',
    )
    const forced = await visitor.post(link, {
      jeton: String(page.$('input[name=jeton]').attr('value')),
      avec: idOf('particulier'),
    })
    expect(forced.status).toBe(403)
    expect(await membershipsOf(idOf('particulier'))).toEqual([])
    await visitor.go(link)
    await visitor.follow('Me connecter avec i•••@exemple.be')
    if (visitor.page?.text.includes('ce n’est pas moi')) await visitor.follow('ce n’est pas moi')
    await visitor.submit({ fields: { identifiant: 'independant' } })
    const back = await visitor.submit({ fields: { mot_de_passe: PASSWORD } })
    expect(back.url.pathname).toBe(link.pathname)
    await accepts(visitor)
    expect(await membershipsOf(idOf('independant'))).toHaveLength(1)
  })

  test('without the link, nobody accepts what is for another address (E34)', async () => {
    await invitation(NEW)
    const { id } = await onlyInvitation(NEW)
    const visitor = await comesIn('particulier')
    const page = await visitor.go(at(`/compte/invitations/${id}`))
    expect(page.status).toBe(403)
    expect(page.text).toContain('Cette invitation est destinée à z•••@ailleurs.be.')
    const form = await visitor.go(at('/compte/identite'))
    for (const rest of ['', '/decliner']) {
      const forced = await visitor.post(at(`/compte/invitations/${id}${rest}`), {
        jeton: String(form.$('input[name=jeton]').attr('value')),
        avec: idOf('particulier'),
      })
      expect(forced.status).toBe(403)
    }
    expect(await onlyInvitation(NEW)).toMatchObject({ state: 'pending' })
    expect(await membershipsOf(idOf('particulier'))).toEqual([])
  })

  test('somebody else signed in meanwhile, in another tab: nothing is done that the page did not say', async () => {
    const link = await invitation(NEW)
    const visitor = await comesIn('particulier')
    const page = await visitor.go(link)
    const again = await visitor.post(link, {
      jeton: String(page.$('input[name=jeton]').attr('value')),
      avec: idOf('independant'),
    })
    expect(again.url.pathname).toBe(link.pathname)
    expect(await membershipsOf(idOf('particulier'))).toEqual([])
  })
})

describe('many at once', () => {
  const pressed = async (link: URL, count: number) => {
    const pages: (() => Promise<Page>)[] = []
    for (let index = 0; index < count; index += 1) {
      const visitor = browser()
      await visitor.go(link)
      pages.push(() => joinsAnew(visitor))
    }
    return pages
  }

  test('of fifty who accept with one link, in fifty browsers, exactly one is in (F26)', async () => {
    const link = await invitation(NEW)
    const presses = await pressed(link, 50)
    const done = await Promise.all(presses.map((press) => press()))
    expect(done.filter(({ url }) => url.port === '9999')).toHaveLength(1)
    for (const { status } of done) expect(status).toBeLessThan(500)
    expect(await membershipsOf(await accountAt(NEW))).toHaveLength(1)
    const [{ count } = { count: 0 }] = await query<{ count: number }>(
      database,
      `select count(*) from account where identifier_key(email) = identifier_key($1)`,
      [NEW],
    )
    expect(Number(count)).toBe(1)
    const lines = await query(
      database,
      `select from journal where organisation_id = $1 and account_id = $2
        and event in ('invitation-accepted', 'membership-added')`,
      [tilleuls(), await accountAt(NEW)],
    )
    expect(lines).toHaveLength(2)
  })

  test('of fifty presses of one person, exactly one membership (F26)', async () => {
    const link = await invitation('particulier@exemple.be')
    const visitor = await comesIn('particulier')
    const page = await visitor.go(link)
    const body = {
      jeton: String(page.$('input[name=jeton]').attr('value')),
      avec: idOf('particulier'),
    }
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        visitor.request(link, {
          method: 'POST',
          body: new URLSearchParams(body).toString(),
          headers: {
            'content-type': 'application/x-www-form-urlencoded',
            origin: myanm.issuer.origin,
          },
        }),
      ),
    )
    expect(answers.every(({ status }) => status === 303)).toBe(true)
    expect(await membershipsOf(idOf('particulier'))).toHaveLength(1)
    expect(await onlyInvitation('particulier@exemple.be')).toMatchObject({ state: 'accepted' })
  })

  test('cancelled at the same moment, fifty times: one or the other, never both (F26)', async () => {
    const manager = await signsIn(myanm.issuer, 'gestionnaire')
    const ended = new Map<string, number>()
    for (let round = 0; round < 50; round += 1) {
      const email = `au-meme-moment-${round}@ailleurs.be`
      const link = await invitation(email)
      const { id } = await onlyInvitation(email)
      await manager.go(inviting(`/${id}`))
      const visitor = browser()
      await visitor.go(link)
      const cancels = () => manager.submit({ form: 'form[action$="/annuler"]' })
      const accepts = () => joinsAnew(visitor)
      // Now one begins, now the other.
      await Promise.all(
        (round % 2 === 0 ? [cancels, accepts] : [accepts, cancels]).map((press) => press()),
      )
      const { state } = await onlyInvitation(email)
      const members = await membershipsOf(await accountAt(email))
      expect(['accepted', 'cancelled']).toContain(state)
      expect([round, state, members.length]).toEqual([round, state, state === 'accepted' ? 1 : 0])
      ended.set(state, (ended.get(state) ?? 0) + 1)
    }
    expect([...ended.values()].reduce((left, right) => left + right)).toBe(50)
  }, 400_000)

  test('cancelled first, it wins: the page that was open, and the link, lead nowhere (F26)', async () => {
    const link = await invitation(NEW)
    const { id } = await onlyInvitation(NEW)
    const visitor = browser()
    await visitor.go(link)
    const manager = await signsIn(myanm.issuer, 'gestionnaire')
    await manager.go(inviting(`/${id}`))
    await manager.submit({ form: 'form[action$="/annuler"]' })
    expect(await onlyInvitation(NEW)).toMatchObject({ state: 'cancelled' })
    const page = await joinsAnew(visitor)
    expect(page.status).toBe(410)
    expect(await accountAt(NEW)).toBeUndefined()
    expect((await browser().go(link)).status).toBe(410)
    expect(await onlyInvitation(NEW)).toMatchObject({ state: 'cancelled' })
  })

  test('an organisation that closes, or a person suspended meanwhile: nobody enters', async () => {
    const link = await invitation('particulier@exemple.be')
    const visitor = await comesIn('particulier')
    await visitor.go(link)
    await arrangeState(database, idOf('particulier'), 'suspended')
    await accepts(visitor)
    expect(await membershipsOf(idOf('particulier'))).toEqual([])
    const other = await invitation(NEW)
    const newVisitorHere = browser()
    await newVisitorHere.go(other)
    await query(database, `update organisation set state = 'closed' where id = $1`, [tilleuls()])
    const page = await joinsAnew(newVisitorHere)
    expect(page.status).toBe(410)
    expect(await accountAt(NEW)).toBeUndefined()
  })
})
