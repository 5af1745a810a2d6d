import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { createTemplates, type Language, readCatalogue, Secret } from '@myanm/chassis'
import { load } from 'cheerio'
import { proofSecrets } from '#proofs'
import { carriesProof, type LetterCode, PATHS, pathOf } from './rules.ts'
import { type Draft, writeLetter } from './write-letter.ts'

const SOURCES = fileURLToPath(new URL('..', import.meta.url))
const PROOF = '0198a1b2-aaaa-4bbb-8ccc-ddddeeeeffff'
const catalogue = readCatalogue([SOURCES])
const secrets = proofSecrets(new Secret('a secret of the tests, long enough to be one'))
const needs = {
  mails: createTemplates([SOURCES]),
  secrets,
  publicUrl: new URL('https://compte.exemple.be'),
  translate: (language: string, key: string, values?: Draft['details']) =>
    catalogue.translate(language as Language, key, values),
}

/** Subjects as specification 4.8 has them, and those of the letters it does not name. */
const SUBJECTS: Readonly<Record<LetterCode, string>> = {
  'confirm-email': 'Confirmez votre adresse e-mail',
  'already-known': 'Vous avez déjà un compte MyANM',
  activated: 'Votre compte MyANM est activé',
  'reset-password': 'Réinitialisez votre mot de passe',
  'first-sign-in': 'Première connexion à MyANM : choisissez votre mot de passe',
  'password-changed': 'Votre mot de passe a été modifié',
  'change-email': 'Confirmez votre nouvelle adresse',
  'email-changing': 'Votre adresse va changer',
  'attach-login': 'Rattachez votre ancien compte à MyANM',
  locked: 'Tentatives de connexion bloquées',
  newsletter: 'Confirmez votre inscription à « Newsletter Emploi » (Guide Social)',
  deletion: 'Suppression de votre compte',
  'message-received': 'Nous avons bien reçu votre message',
  'security-changed': 'La sécurité de votre compte a changé',
  'address-corrected': 'L’adresse de votre compte a été corrigée',
  'login-reminder': 'Votre login MyANM',
  invitation: 'Anne Dupont vous invite à rejoindre Les Tilleuls ASBL',
  'invitation-settled': 'Invitation acceptée',
  'join-request': 'Demande de rattachement à Les Tilleuls ASBL',
  'join-approved': 'Votre demande est approuvée',
  'join-refused': 'Votre demande est refusée',
  'join-waiting': 'Une demande attend une réponse',
  'role-changed': 'Votre rôle dans Les Tilleuls ASBL a changé',
  'membership-ended': 'Vous ne faites plus partie de Les Tilleuls ASBL',
  'members-review': 'Revoyez les rôles dans Les Tilleuls ASBL',
  'transfer-proposed': 'Anne Dupont vous propose de devenir gestionnaire de Les Tilleuls ASBL',
  'transfer-announced': 'Un changement de gestionnaire est proposé pour Les Tilleuls ASBL',
  'transfer-done': 'Changement de gestionnaire effectué',
  'transfer-not-done': 'Changement de gestionnaire refusé',
  rescue: 'Les Tilleuls ASBL n’a plus de gestionnaire',
  'organisation-closed': 'Le compte de Les Tilleuls ASBL est fermé',
  'organisation-reopened': 'Le compte de Les Tilleuls ASBL est rouvert',
  'organisation-corrected': 'L’équipe de l’ANM a corrigé les données de Les Tilleuls ASBL',
  'organisations-merged': 'Les Tilleuls ASBL et Le Passage ASBL ne font plus qu’un organisme',
  'register-change': 'La Banque-Carrefour annonce un changement pour Les Tilleuls ASBL',
}
const DETAILS = {
  minutes: 15,
  newsletter: '« Newsletter Emploi » (Guide Social)',
  day: '28/11/2026',
  reference: 'ANM-7K3Q',
  what: 'passkey_added',
  login: 'anne.dupont',
}
const ABOUT = {
  organisation: 'Les Tilleuls ASBL',
  organisationId: '0198a1b2-0000-7000-8000-000000000001',
  requestId: '0198a1b2-0000-7000-8000-000000000002',
  person: 'Anne Dupont',
}
/** What waits for somebody who has just begun to lead. */
const WAITS = { waits: 'some', requests: 2, invitations: 1, changes: 0 }
const ABOUT_TEAMS: Readonly<Partial<Record<LetterCode, Record<string, string | number>>>> = {
  invitation: { ...ABOUT, role: 'COLLABORATEUR' },
  'invitation-settled': { ...ABOUT, what: 'accepted' },
  'join-request': { ...ABOUT, kind: 'join', reminder: 0 },
  'join-approved': { ...ABOUT, kind: 'join', role: 'LECTEUR', before: 'none', until: 'none' },
  'join-refused': { ...ABOUT, what: 'refused', reason: 'none' },
  'join-waiting': { ...ABOUT, kind: 'join', lead: 'somebody' },
  'role-changed': { ...ABOUT, role: 'LECTEUR', before: 'COLLABORATEUR', until: 'none' },
  'membership-ended': ABOUT,
  'members-review': { ...ABOUT, what: 'opened' },
  'transfer-proposed': ABOUT,
  'transfer-announced': { ...ABOUT, other: 'Marie Martin' },
  'transfer-done': { ...ABOUT, ...WAITS },
  'transfer-not-done': { ...ABOUT, ...WAITS, what: 'refused' },
  rescue: { ...ABOUT, ...WAITS, what: 'vacant', day: '28/11/2026' },
  'organisation-closed': { ...ABOUT, place: 'leads' },
  'organisation-reopened': { ...ABOUT, place: 'vacant' },
  'organisation-corrected': {
    ...ABOUT,
    ...{ number: '0566.988.259', form: '017', sector: 'nonprofit', public: 'no' },
    reason: 'Statuts du 12 mars vus',
  },
  'organisations-merged': {
    ...ABOUT,
    what: 'merged_gone',
    other: 'Le Passage ASBL',
    before: 'GESTIONNAIRE',
    role: 'RESPONSABLE',
  },
  'register-change': { ...ABOUT, what: 'name' },
}
/** A word each must say, beyond its subject. */
const SAYS: Readonly<Partial<Record<LetterCode, readonly RegExp[]>>> = {
  'confirm-email': [/24 heures, une seule fois/, /effacé après 30 jours/],
  'already-known': [/peut-être vous/, /rien n’a changé/],
  'reset-password': [/une heure, une seule fois/, /Si vous n’avez rien demandé/],
  'first-sign-in': [/24 heures, une seule fois/, /l’ancien ne sert plus/],
  'password-changed': [/Si ce n’était pas vous, choisissez tout de suite/],
  'change-email': [/24 heures/, /rien ne change/],
  'email-changing': [/Si ce n’était pas vous, annulez/],
  'attach-login': [/24 heures, une seule fois/, /rien ne change/],
  locked: [/bloquée pendant 15 minutes/, /personne n’est entré/],
  newsletter: [/7 jours/, /désinscrire/],
  deletion: [/Le 28\/11\/2026, nous effacerons/, /changer d’avis/, /factures/],
  'message-received': [/ANM-7K3Q/],
  'transfer-done': [/2 demandes, 1 invitation en attente, aucun changement annoncé/],
  'organisation-closed': [/Plus personne ne peut agir en son nom/, /peut rouvrir ce compte/],
  'organisation-reopened': [/Chacun y retrouve le rôle/, /demander à reprendre ce rôle/],
  'organisation-corrected': [/0566\.988\.259/, /017/, /non marchand/, /« Statuts du 12 mars vus »/],
}

const write = (code: LetterCode, more: Partial<Draft> = {}) =>
  writeLetter(needs, {
    code,
    language: 'fr',
    name: 'Anne',
    details: { ...DETAILS, ...ABOUT_TEAMS[code] },
    proof: carriesProof(code) ? PROOF : null,
    ...more,
  })
const codes = Object.keys(PATHS) as LetterCode[]

describe.each(codes)('the letter « %s »', (code) => {
  const letter = write(code)
  const $ = load(letter.html)
  const shown = $('body').text().replaceAll(/\s+/g, ' ')

  test('has the subject it should have', () => {
    expect(letter.subject).toBe(SUBJECTS[code])
  })

  test('says the same in both forms, with every word in its place', () => {
    for (const form of [letter.text, shown]) {
      expect(form).toContain('Bonjour Anne,')
      expect(form).toMatch(/Vous recevez ce message parce que/)
      expect(form).not.toMatch(/undefined|null|NaN|\{\w|mail\.[a-z-]+|&(amp|#39|quot|lt);/)
      for (const words of SAYS[code] ?? []) expect(form).toMatch(words)
    }
    expect(letter.text).not.toMatch(/<\w/)
    expect(letter.text).not.toMatch(/\n{4}/)
  })

  test('carries no password, and leads to our own address only', () => {
    const links = $('a')
      .toArray()
      .map((element) => new URL($(element).attr('href') ?? ''))
    // The button, and the same address to copy.
    expect(links).toHaveLength(2)
    for (const link of links) expect(link.origin).toBe('https://compte.exemple.be')
    const path = pathOf(code, { ...ABOUT, jeton: secrets.tokenOf(PROOF) })
    expect(links.map(({ pathname }) => pathname)).toEqual([path, path])
    expect($('a').last().text()).toBe(links[0]?.href)
    expect(letter.text).toContain(`\n${links[0]?.href}\n`)
    expect($('img, script, link, iframe, form').length).toBe(0)
  })

  test('has its code, in groups one can read, when its link proves something', () => {
    const grouped = secrets.codeOf(PROOF).replace(/(\d{4})(\d{4})/, '$1 $2')
    for (const form of [letter.text, shown]) {
      if (carriesProof(code)) expect(form).toContain(grouped)
      else expect(form).not.toContain('tapez ce code')
    }
  })

  test('can be read by everybody: language, title, colours of both modes', () => {
    expect($('html').attr('lang')).toBe('fr')
    expect($('title').text()).toBe(letter.subject)
    expect($('h1').length).toBe(1)
    expect(letter.html).toContain('prefers-color-scheme: dark')
    expect(Buffer.byteLength(letter.html)).toBeLessThan(20_000)
  })
})

test('the same draft is the same letter, however often it is written', () => {
  for (const code of codes) expect(write(code)).toEqual(write(code))
})

test('without a name that may be said, the greeting does without', () => {
  for (const name of [null, '', 'http://mechant.example']) {
    const letter = write('activated', { name })
    expect(letter.text.startsWith('Bonjour,\n')).toBe(true)
    expect(letter.html).toContain('<p style="margin:0 0 16px">Bonjour,</p>')
  }
})

test('a language without a catalogue of its own is answered in French', () => {
  expect(write('activated', { language: 'nl' }).subject).toBe(SUBJECTS['activated'])
})
