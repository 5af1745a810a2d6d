import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { REGISTER_EXTRACT, REGISTER_UPDATE } from '@myanm/idp'
import { query, startTestIdp, type TestDatabase, type TestIdp, withDatabase } from '@myanm/testing'
import { lookUp, searchByName, UnusableExtract } from '#register'
import { readNameSearch } from '#rules/register'
import {
  cutShort,
  filesOf,
  imports,
  metaOf,
  numberOf,
  refusals,
  withDots,
  zipOf,
} from './stage/register.ts'

let database: TestDatabase
let myanm: TestIdp
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'myanm-register-'))
})

afterAll(() => rm(folder, { recursive: true }))

beforeEach(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({ database })
})

afterEach(async () => {
  await myanm.stop()
  await database.drop()
})

const at = (name: string): string => join(folder, name)
const find = (number: string, language?: string) => lookUp(myanm.idp.services.db, number, language)

/** Everything that is copied, to be held against itself. */
const everything = async () => [
  await query(
    database,
    `select enterprise.*, enterprise.xmin::text as written from register_enterprise enterprise
      order by number`,
  ),
  await query(
    database,
    'select unit.*, unit.xmin::text as written from register_unit unit order by number',
  ),
]

const units = () =>
  query<{ number: string; name: string | null; street: string | null; ended: string | null }>(
    database,
    `select number, names ->> 'fr' as name, address -> 'fr' ->> 'street' as street,
        ended_on::text as ended
      from register_unit where enterprise = '0566988259' order by number`,
  )

const staged = () =>
  query(
    database,
    `select (select count(*) from register_staged_enterprise)
      + (select count(*) from register_staged_unit)
      + (select count(*) from register_staged_name) + (select count(*) from register_staged_seat)
      + (select count(*) from register_staged_removal) as lines`,
  )

/** The made-up full extract with some of its files otherwise. */
async function zipWith(
  name: string,
  files: Readonly<Record<string, string | null>>,
  from = REGISTER_EXTRACT,
): Promise<string> {
  const all = { ...(await filesOf(from)), ...files }
  return zipOf(
    at(name),
    Object.fromEntries(
      Object.entries(all).filter((file): file is [string, string] => file[1] !== null),
    ),
  )
}

async function refusalOf(path: string): Promise<string> {
  const before = await everything()
  const refusal = await imports(myanm, path).then(
    () => 'none',
    (error: unknown) => {
      if (error instanceof UnusableExtract) return error.code
      throw error
    },
  )
  expect(await everything()).toEqual(before)
  expect(await staged()).toEqual([{ lines: 0 }])
  return refusal
}

describe('the copy of the register (4.5, R15)', () => {
  test('has names in the language asked for, abbreviation, legal form, seat', async () => {
    expect(await find('0314595348')).toEqual({
      is: 'found',
      number: '0314595348',
      kind: 'nonprofit',
      name: 'Le Passage',
      acronym: null,
      legalForm: { code: '017', label: 'Association sans but lucratif' },
      seat: { street: 'Rue du Progrès 80 bte 3', postcode: '1030', locality: 'Schaerbeek' },
    })
    expect(await find('0314595348', 'nl')).toMatchObject({
      name: 'De Doorgang',
      legalForm: { label: 'Vereniging zonder winstoogmerk' },
      seat: { street: 'Vooruitgangstraat 80 bte 3', locality: 'Schaarbeek' },
    })
    expect(await find('0682059161')).toMatchObject({
      name: 'Vrienden van de Vijver',
      seat: { street: 'Vijverstraat 5' },
    })
    expect(await find('0207183684')).toMatchObject({ kind: 'public', acronym: 'CPAS de Gembloux' })
    expect(await find('0803516227')).toMatchObject({ kind: 'commercial' })
  })

  test('says what is unknown, and what has ceased', async () => {
    expect(await find('0400008697')).toEqual({ is: 'unknown' })
    expect(await find('0413062721')).toEqual({
      is: 'ceased',
      name: 'Le Vieux Moulin',
      since: '2026-11-01',
    })
  })

  test('keeps no name of a natural person', async () => {
    expect(await find('0819402649')).toMatchObject({ is: 'found', kind: 'person', name: null })
    const [row] = await query(
      database,
      `select count(*) as found from register_enterprise
        where names::text like '%Dupuis%' or acronyms::text like '%Dupuis%'`,
    )
    expect(row).toEqual({ found: 0 })
  })

  test('is brought up to date by an update: a name, a seat, a new one, one that is gone', async () => {
    const report = await imports(myanm, await zipWith('update.zip', {}, REGISTER_UPDATE))
    expect(report).toMatchObject({ added: 1, changed: 3, ceased: 0, rejected: 0 })
    expect(await find('0566988259')).toMatchObject({
      name: 'Les Grands Tilleuls',
      acronym: 'LT',
      seat: { street: 'Rue des Tilleuls 12' },
    })
    expect(await find('0314595348')).toMatchObject({
      name: 'Le Passage',
      seat: { street: 'Avenue Rogier 210' },
    })
    expect(await find(numberOf(8261397))).toMatchObject({ name: 'Les Voisins de la Place' })
    expect(await find('0412987693')).toEqual({
      is: 'ceased',
      name: 'Le Tremplin',
      since: '2026-11-15',
    })
  })

  test('imported twice changes nothing, not even a row', async () => {
    const full = await zipWith('full.zip', {})
    const before = await everything()
    expect(await imports(myanm, full)).toMatchObject({ added: 0, changed: 0, ceased: 0 })
    expect(await everything()).toEqual(before)
    await imports(myanm, REGISTER_UPDATE)
    const after = await everything()
    expect(await imports(myanm, REGISTER_UPDATE)).toMatchObject({ added: 0, changed: 0 })
    expect(await everything()).toEqual(after)
  })

  test('brought up to date by a full file ends what is not in it, and takes back what is again', async () => {
    const files = await filesOf(REGISTER_EXTRACT)
    const without = (text: string) =>
      text
        .split('\n')
        .filter((line) => !line.includes('0432.176.570'))
        .join('\n')
    const path = await zipWith('without.zip', {
      'meta.csv': metaOf('full', 2),
      'enterprise.csv': without(files['enterprise.csv'] ?? ''),
      'denomination.csv': without(files['denomination.csv'] ?? ''),
    })
    expect(await imports(myanm, path)).toMatchObject({ ceased: 1 })
    expect(await find('0432176570')).toMatchObject({ is: 'ceased', name: 'La Clairière' })
    const again = await zipWith('again.zip', { 'meta.csv': metaOf('full', 3) })
    expect(await imports(myanm, again)).toMatchObject({ added: 0, changed: 1 })
    expect(await find('0432176570')).toMatchObject({ is: 'found', name: 'La Clairière' })
  })

  test('counts lines it cannot take, says where they are, and takes the others', async () => {
    const files = await filesOf(REGISTER_EXTRACT)
    const path = await zipWith('rejects.zip', {
      'meta.csv': metaOf('full', 2),
      'enterprise.csv': [
        files['enterprise.csv']?.trimEnd(),
        '"0123.456.789","AC","000","2","017","","01-01-2020"',
        '"0400.008.697","AC","000","2","017","","31-02-2020"',
        '"0400.008.697","AC","000","9","017","","01-02-2020"',
        '"0400.008.697","AC"',
        '"1000.000.120","AC","000","2","017","","01-02-2020"',
        '',
      ].join('\n'),
    })
    expect(await imports(myanm, path)).toMatchObject({ added: 1, rejected: 4 })
    const first = (files['enterprise.csv']?.trimEnd().split('\n').length ?? 0) + 1
    expect(refusals).toEqual([
      { file: 'enterprise.csv', line: first, because: 'not-a-number' },
      { file: 'enterprise.csv', line: first + 1, because: 'not-a-day' },
      { file: 'enterprise.csv', line: first + 2, because: 'not-a-type' },
      { file: 'enterprise.csv', line: first + 3, because: 'wrong-number-of-fields' },
    ])
    expect(await find('1000000120')).toMatchObject({ is: 'found', name: null })
  })
})

describe('the establishment units of an enterprise (R14, R15)', () => {
  const ACCUEIL = { number: '2134560125', name: 'Les Tilleuls - Maison d’accueil', ended: null }
  const JAMBES = { number: '2134560224', name: 'Les Tilleuls - Atelier de Jambes' }
  const JOUR = { number: '2134560323', name: 'Les Tilleuls - Centre de jour', ended: null }

  test('are copied with name and place, those of a natural person never', async () => {
    expect(await units()).toMatchObject([
      { ...ACCUEIL, street: 'Rue des Tilleuls' },
      { ...JAMBES, street: 'Rue de Dave', ended: null },
      JOUR,
    ])
    const [row] = await query(
      database,
      `select count(*) as found from register_unit where enterprise = '0819402649'
        or names::text like '%Dupuis%'`,
    )
    expect(row).toEqual({ found: 0 })
    await expect(
      query(
        database,
        `insert into register_unit (number, enterprise) values ('2340551107', '0819402649')`,
      ),
    ).rejects.toMatchObject({ constraint: 'register_names_no_person' })
  })

  test('an update brings a new one, and flags one it takes away, which keeps its name', async () => {
    const report = await imports(myanm, REGISTER_UPDATE)
    expect(report?.units).toEqual({ added: 1, changed: 1, ended: 0 })
    expect(await units()).toMatchObject([
      ACCUEIL,
      { ...JAMBES, street: 'Rue de Dave', ended: '2026-11-15' },
      JOUR,
      { number: '2134560422', name: 'Les Tilleuls - Antenne de Ciney', street: 'Rue du Commerce' },
    ])
  })

  test('a full file flags those that are not in it, and takes back what is again', async () => {
    const files = await filesOf(REGISTER_EXTRACT)
    const without = (files['establishment.csv'] ?? '')
      .split('\n')
      .filter((line) => !line.includes('2.134.560.323'))
      .join('\n')
    const less = { 'meta.csv': metaOf('full', 2), 'establishment.csv': without }
    expect((await imports(myanm, await zipWith('less.zip', less)))?.units.ended).toBe(1)
    expect((await units())[2]).toMatchObject({ ...JOUR, ended: '2026-11-20' })
    const whole = await zipWith('whole.zip', { 'meta.csv': metaOf('full', 3) })
    expect((await imports(myanm, whole))?.units).toEqual({ added: 0, changed: 1, ended: 0 })
    expect((await units())[2]).toMatchObject(JOUR)
  })
})

describe('a name in the copy (ahead 3)', () => {
  const search = (typed: string, more: { after?: string | null; most?: number } = {}) =>
    searchByName(myanm.idp.services.db, { typed, most: 20, ...more })
  const names = async (typed: string) => (await search(typed)).found.map(({ name }) => name)

  test('is found by any word or acronym from its first letters on, without accents or case', async () => {
    expect((await search('tilleuls')).found).toContainEqual({
      number: '0566988259',
      name: 'Les Tilleuls',
      acronym: 'LT',
      legalForm: { code: '017', label: 'Association sans but lucratif' },
      seat: { street: 'Rue des Tilleuls 12', postcode: '5000', locality: 'Namur' },
      ceasedOn: null,
    })
    for (const typed of ['PASSA', 'le passage', 'Passage Le', 'doorg', 'pàssâge']) {
      expect(await names(typed)).toContain('Le Passage')
    }
    expect(await names('C.P.A.S. gembl')).toEqual(['Centre public d’action sociale de Gembloux'])
    expect(await names('passage tilleuls')).toEqual([])
    expect(await names("'):* | 'passage")).toEqual(await names('passage'))
  })

  test('stands first when it is the shortest, last when it has ceased', async () => {
    expect((await search('vieux moulin')).found).toMatchObject([{ ceasedOn: '2026-11-01' }])
    const les = (await search('le')).found
    const active = les.filter(({ ceasedOn }) => ceasedOn === null)
    expect(les.slice(0, active.length)).toEqual(active)
    const lengths = active.map(({ name }) => name.length)
    expect(lengths.slice(1)).toEqual(lengths.slice(1).toSorted((a, b) => a - b))
  })

  test('is never a natural person’s', async () => {
    expect(await names('dupuis')).toEqual([])
  })

  test('is read page by page, each once', async () => {
    const whole = (await search('le')).found.map(({ number }) => number)
    expect(whole.length).toBeGreaterThan(4)
    const read: string[] = []
    for (let after: string | null = null; ; ) {
      const page = await search('le', { after, most: 2 })
      read.push(...page.found.map(({ number }) => number))
      after = page.next
      if (after === null) break
    }
    expect(read).toEqual(whole)
  })

  test('of an update is found as it is from now on', async () => {
    await imports(myanm, REGISTER_UPDATE)
    expect(await names('grands tilleuls')).toEqual(['Les Grands Tilleuls'])
    expect(await names('voisins')).toEqual(['Les Voisins de la Place'])
  })

  test('is cut into the same words by who reads it and by the database', async () => {
    for (const typed of [
      'Les Tilleuls',
      'L’ÉCOLE à Liège-Guillemins',
      'C.P.A.S. de St. Josse',
      'cœur & Ægidius (2.0)',
      'Straße ﬁnale ｔｉｌ',
    ]) {
      const [row] = await query<{ words: string[] }>(
        database,
        'select register_words($1) as words',
        [typed],
      )
      expect(readNameSearch(typed)).toEqual(row?.words.filter(({ length }) => length > 1))
    }
  })
})

describe('a file that cannot be taken over is refused, and the register stays as it was', () => {
  test('cut short, anywhere', async () => {
    for (const share of [0, 0.1, 0.5, 0.9, 0.99]) {
      const path = await zipWith('cut.zip', { 'meta.csv': metaOf('full', 2) })
      await cutShort(path, share)
      expect(await refusalOf(path)).toBe('damaged')
    }
    expect(await refusalOf(at('nowhere.zip'))).toBe('absent')
  })

  test('with a byte that is another, in any of its files', async () => {
    const path = await zipWith('flipped.zip', { 'meta.csv': metaOf('full', 2) })
    const whole = await readFile(path)
    for (let place = 60; place < whole.length - 1200; place += 211) {
      const flipped = Buffer.from(whole)
      flipped[place] = (flipped[place] ?? 0) ^ 0x10
      await writeFile(path, flipped)
      expect(await refusalOf(path)).not.toBe('none')
    }
  })

  test('that is another zip, or lacks a file, a column, an end', async () => {
    const files = await filesOf(REGISTER_EXTRACT)
    const next = { 'meta.csv': metaOf('full', 2) }
    const other = await zipOf(at('other.zip'), { 'meta.csv': 'Variable,Value\n"a","b"\n' })
    expect(await refusalOf(other)).toBe('not-an-extract')
    expect(await refusalOf(await zipOf(at('empty.zip'), { 'a.txt': 'a' }))).toBe('missing')
    for (const name of ['address.csv', 'establishment.csv']) {
      expect(await refusalOf(await zipWith('a.zip', { ...next, [name]: null }))).toBe('missing')
    }
    expect(
      await refusalOf(await zipWith('b.zip', { ...next, 'address.csv': 'EntityNumber,Street\n' })),
    ).toBe('heading')
    const cut = `${files['denomination.csv']?.trimEnd().slice(0, -5)}`
    expect(await refusalOf(await zipWith('c.zip', { ...next, 'denomination.csv': cut }))).toBe(
      'quote',
    )
    const heading = `${files['enterprise.csv']?.split('\n')[0]}\n`
    expect(await refusalOf(await zipWith('d.zip', { ...next, 'enterprise.csv': heading }))).toBe(
      'empty',
    )
    const wrong = `${heading}${'"1","AC","000","2","017","","01-01-2020"\n'.repeat(101)}`
    expect(await refusalOf(await zipWith('e.zip', { ...next, 'enterprise.csv': wrong }))).toBe(
      'mostly-wrong',
    )
  })

  test('that is older than what is here, or follows something that is not', async () => {
    const update = (name: string, number: number) =>
      zipWith(name, { 'meta.csv': metaOf('update', number) }, REGISTER_UPDATE)
    expect(await refusalOf(await update('gap.zip', 3))).toBe('gap')
    await imports(myanm, REGISTER_UPDATE)
    expect(await refusalOf(REGISTER_EXTRACT)).toBe('older')
    await query(database, 'delete from register_extract')
    expect(await refusalOf(await update('first.zip', 1))).toBe('needs-full')
  })

  test('that has half of what is known of a real register', async () => {
    const enterprises = Array.from(
      { length: 1200 },
      (_, n) => `"${withDots(numberOf(4_000_000 + n))}","AC","000","2","017","","01-01-2020"\n`,
    )
    const files = await filesOf(REGISTER_EXTRACT)
    const heading = `${files['enterprise.csv']?.split('\n')[0]}\n`
    const many = heading + enterprises.join('')
    await imports(
      myanm,
      await zipWith('many.zip', { 'meta.csv': metaOf('full', 2), 'enterprise.csv': many }),
    )
    const half = heading + enterprises.slice(0, 500).join('')
    const path = await zipWith('half.zip', {
      'meta.csv': metaOf('full', 3),
      'enterprise.csv': half,
    })
    expect(await refusalOf(path)).toBe('shrunk')
  })

  test('interrupted while it is read or taken over, and run again', async () => {
    const path = await zipWith('update.zip', {}, REGISTER_UPDATE)
    let steps = 0
    const stop = () => {
      steps += 1
      if (steps === 7) throw new Error('interrupted')
    }
    const before = await everything()
    await expect(imports(myanm, path, { progress: stop })).rejects.toThrow('interrupted')
    expect(await everything()).toEqual(before)
    expect(await imports(myanm, path)).toMatchObject({ added: 1, changed: 3 })
  })
})

test('one import at a time: the other is told', async () => {
  const path = await zipWith('update.zip', {}, REGISTER_UPDATE)
  const outcomes = await Promise.all([imports(myanm, path), imports(myanm, path)])
  expect(outcomes.filter((report) => report === null)).toHaveLength(1)
})
