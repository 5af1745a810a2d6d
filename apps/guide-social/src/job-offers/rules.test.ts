import { describe, expect, test } from '@jest/globals'
import { type Actor, ROLES, type Role } from '@myanm/permissions'
import type { OfferContent } from './content.ts'
import { readOffer } from './forms.ts'
import {
  changesFunction,
  goesOnWithPublication,
  isGone,
  isOutsideSector,
  isRepeat,
  LONGEST_LIFETIME_DAYS,
  type Move,
  mayMove,
  maySee,
  movesFrom,
  restoredState,
  type Standing,
  shortcomingsFor,
  shortcomingsOf,
  standingOf,
  stateAfterEdit,
} from './rules.ts'

const TODAY = '2026-11-21'

const COMPLETE: OfferContent = readOffer({
  titre: 'Psychologue en service de santé mentale',
  fonction: 'psychologue',
  texte: 'Vous recevez en consultation.',
  code_postal: '4000',
  localite: 'Liège',
  contrat: 'cdi',
  regime: 'full-time',
  bareme: 'Barème CP 332',
  limite: '31/12/2026',
  courriel: 'equipe@exemple.be',
}).content

const acting = (role: Role, more: object = {}): Actor => ({
  kind: 'person',
  accountType: 'organisme',
  accountActive: true,
  organisation: {
    id: 'ours',
    role,
    kind: 'organisme',
    nonprofit: true,
    legalForm: '017',
    options: [],
    active: true,
    linkActive: true,
    ...more,
  },
})

describe('how an offer stands', () => {
  test('it is online until the end of its last day, then expired', () => {
    expect(standingOf({ state: 'published', endsOn: TODAY }, TODAY)).toBe('published')
    expect(standingOf({ state: 'published', endsOn: '2026-11-20' }, TODAY)).toBe('expired')
  })

  test('only what is public expires', () => {
    expect(standingOf({ state: 'draft', endsOn: '2020-01-01' }, TODAY)).toBe('draft')
    expect(standingOf({ state: 'withdrawn', endsOn: '2020-01-01' }, TODAY)).toBe('withdrawn')
  })

  test('nothing goes from deleted to online in one move', () => {
    expect(movesFrom('deleted')).toEqual(['restore'])
    expect(restoredState({ publishedAt: null })).toBe('draft')
    expect(restoredState({ publishedAt: new Date() })).toBe('withdrawn')
  })

  test('saving an expired offer does not publish it', () => {
    expect(stateAfterEdit('expired')).toBe('withdrawn')
    expect(stateAfterEdit('published')).toBe('published')
    expect(stateAfterEdit('draft')).toBe('draft')
  })

  test('a deleted offer is gone after thirty days', () => {
    const deletedAt = new Date('2026-11-01T12:00:00Z')
    expect(isGone({ deletedAt }, new Date('2026-12-01T11:59:59Z'))).toBe(false)
    expect(isGone({ deletedAt }, new Date('2026-12-01T12:00:01Z'))).toBe(true)
    expect(isGone({ deletedAt: null }, new Date())).toBe(false)
  })

  test('coming back before the last day is the same publication, later a new one', () => {
    const publishedAt = new Date('2026-11-01T12:00:00Z')
    expect(goesOnWithPublication({ publishedAt, publishedUntil: TODAY }, TODAY)).toBe(true)
    expect(goesOnWithPublication({ publishedAt, publishedUntil: '2026-11-20' }, TODAY)).toBe(false)
    expect(goesOnWithPublication({ publishedAt: null, publishedUntil: null }, TODAY)).toBe(false)
  })
})

describe('who may do what with an offer (P3, P8, P9, P10)', () => {
  const mine = { organisationId: 'ours', authorSub: 'me' }
  const colleagues = { organisationId: 'ours', authorSub: 'her' }
  const foreign = { organisationId: 'theirs', authorSub: 'me' }
  const may = (role: Role, offer: typeof mine, move: Move, more = {}) =>
    mayMove({ actor: acting(role, more), sub: 'me' }, offer, move).allowed

  test.each<[Role, boolean, boolean]>([
    // role, own offer (P8), a colleague's (P9)
    ['LECTEUR', false, false],
    ['COLLABORATEUR', true, false],
    ['RESPONSABLE', true, true],
    ['GESTIONNAIRE', true, true],
  ])('%s: own %s, colleague’s %s, another organisation’s never', (role, own, colleague) => {
    for (const move of ['edit', 'publish', 'withdraw', 'remove', 'restore'] as const) {
      expect([move, may(role, mine, move)]).toEqual([move, own])
      expect([move, may(role, colleagues, move)]).toEqual([move, colleague])
      expect([move, may(role, foreign, move)]).toEqual([move, false])
    }
  })

  test('the organisation may let its collaborators edit each other’s offers (note 1)', () => {
    const options = ['collaborateur_edits_colleagues_ads']
    expect(may('COLLABORATEUR', colleagues, 'edit', { options })).toBe(true)
    expect(may('LECTEUR', colleagues, 'edit', { options })).toBe(false)
  })

  test('an académie does not publish job offers, whatever the role', () => {
    for (const role of ROLES) {
      expect(may(role, mine, 'publish', { kind: 'academie' })).toBe(false)
    }
  })

  test('a reader sees what is online, the others see drafts too, nobody sees another’s', () => {
    const see = (role: Role, standing: Standing, organisationId = 'ours') =>
      maySee(acting(role), { organisationId, standing })
    expect(see('LECTEUR', 'published')).toBe(true)
    for (const standing of ['draft', 'withdrawn', 'expired', 'deleted'] as const) {
      expect(see('LECTEUR', standing)).toBe(false)
      expect(see('COLLABORATEUR', standing)).toBe(true)
      expect(see('GESTIONNAIRE', standing, 'theirs')).toBe(false)
    }
  })
})

describe('what an offer needs to go online (4.2.7)', () => {
  test('a complete one needs nothing', () => {
    expect(shortcomingsOf(COMPLETE, TODAY)).toEqual(new Map())
  })

  test.each([
    'title',
    'occupation',
    'description',
    'postcode',
    'locality',
    'contract',
    'regime',
    'endsOn',
  ] as const)('%s is required', (part) => {
    const content = { ...COMPLETE, [part]: part === 'title' ? '' : null }
    expect(shortcomingsOf(content, TODAY)).toEqual(new Map([[part, 'required']]))
  })

  test('« Autre fonction » says which', () => {
    const content: OfferContent = { ...COMPLETE, occupation: 'autre' }
    expect(shortcomingsOf(content, TODAY)).toEqual(new Map([['otherOccupation', 'required']]))
    expect(shortcomingsOf({ ...content, otherOccupation: 'Clown' }, TODAY).size).toBe(0)
  })

  test('part time says how many hours', () => {
    const content: OfferContent = { ...COMPLETE, regime: 'part-time' }
    expect(shortcomingsOf(content, TODAY)).toEqual(new Map([['weeklyMinutes', 'hours-unsaid']]))
  })

  test('pay is said, or promised before the interview (R22)', () => {
    const silent: OfferContent = { ...COMPLETE, payScale: null }
    expect(shortcomingsOf(silent, TODAY)).toEqual(new Map([['payScale', 'pay-unsaid']]))
    for (const said of [
      { payScale: 'CP 332' },
      { payMin: 270000 },
      { payMax: 400000 },
      { payToldBeforeInterview: true },
      { contract: 'volontariat' },
    ] as const) {
      expect(shortcomingsOf({ ...silent, ...said }, TODAY).size).toBe(0)
    }
  })

  test('one way to apply is enough, none is not', () => {
    const closed: OfferContent = { ...COMPLETE, applyEmail: null }
    expect(shortcomingsOf(closed, TODAY)).toEqual(new Map([['applyEmail', 'no-way-to-apply']]))
    expect(shortcomingsOf({ ...closed, applyPhone: '081 22 33 44' }, TODAY).size).toBe(0)
    expect(shortcomingsOf({ ...closed, applyUrl: 'https://exemple.be/' }, TODAY).size).toBe(0)
  })

  test('the deadline is today or later, within reason', () => {
    const until = (endsOn: string) => shortcomingsOf({ ...COMPLETE, endsOn }, TODAY).get('endsOn')
    expect(until(TODAY)).toBeUndefined()
    expect(until('2026-11-20')).toBe('deadline-past')
    expect(until('2206-12-31')).toBe('deadline-far')
    expect(LONGEST_LIFETIME_DAYS).toBeGreaterThan(365)
  })

  test('a draft needs a title and nothing else', () => {
    const { content } = readOffer({})
    expect([...shortcomingsFor('draft', content, TODAY).keys()]).toEqual(['title'])
    const titled = { ...content, title: 'Un titre assez long' }
    expect(shortcomingsFor('draft', titled, TODAY).size).toBe(0)
    expect(shortcomingsFor('published', titled, TODAY).size).toBeGreaterThan(0)
  })

  test('a marchand organisation publishes functions of the sector only (5.2)', () => {
    const other: OfferContent = { ...COMPLETE, occupation: 'autre' }
    const merchant = acting('GESTIONNAIRE', { nonprofit: false, legalForm: '015' })
    expect(isOutsideSector(merchant, other)).toBe(true)
    expect(isOutsideSector(merchant, COMPLETE)).toBe(false)
    expect(isOutsideSector(acting('GESTIONNAIRE'), other)).toBe(false)
  })

  test('once public, it keeps its function (R8)', () => {
    const next: OfferContent = { ...COMPLETE, occupation: 'juriste' }
    expect(changesFunction({ publishedAt: new Date(), content: COMPLETE }, next)).toBe(true)
    expect(changesFunction({ publishedAt: null, content: COMPLETE }, next)).toBe(false)
    expect(changesFunction({ publishedAt: new Date(), content: COMPLETE }, COMPLETE)).toBe(false)
  })
})

describe('a double click', () => {
  const wish = { version: 3, sub: 'me', what: 'published' }

  test('is told by the change right after, by the same person, of the same kind', () => {
    expect(isRepeat({ version: 4, bySub: 'me', what: 'published' }, wish)).toBe(true)
    expect(isRepeat({ version: 5, bySub: 'me', what: 'published' }, wish)).toBe(false)
    expect(isRepeat({ version: 4, bySub: 'her', what: 'published' }, wish)).toBe(false)
    expect(isRepeat({ version: 4, bySub: 'me', what: 'edited' }, wish)).toBe(false)
  })
})
