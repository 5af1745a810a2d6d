import { query, type TestDatabase } from '@myanm/testing'

/** Marks whatever text was taken from a field nobody asked for. */
export const CANARY = 'kanarie-zq9'

/** What a column of these would believe. */
const BELIEVED: Readonly<Record<string, string>> = {
  state: 'active',
  role: 'GESTIONNAIRE',
  wished_role: 'GESTIONNAIRE',
  granted_role: 'GESTIONNAIRE',
  kind: 'raise',
  account_type: 'independant',
  bce: '0412987693',
  legal_form: '017',
  what: 'ceased',
  answer: 'removed',
  rights: 'deciding',
  options: 'collaborateur_edits_colleagues_ads',
}

/**
 * A field for every column there is, each with something its column would take: another person, another
 * organisation, a right, a day. Text is the canary.
 */
export async function everyColumn(
  database: TestDatabase,
  other: { readonly account: string; readonly organisation: string },
): Promise<Readonly<Record<string, string>>> {
  const columns = await query<{ name: string; type: string }>(
    database,
    `select distinct on (column_name) column_name as name, udt_name as type
      from information_schema.columns where table_schema = 'idp'
      order by column_name, (udt_name = 'text')`,
  )
  if (columns.length < 100) throw new Error('Hardly a column was found')
  return Object.fromEntries(
    columns.map(({ name, type }) => [name, BELIEVED[name] ?? valueOf(name, type, other)]),
  )
}

function valueOf(
  name: string,
  type: string,
  other: { readonly account: string; readonly organisation: string },
): string {
  if (type === 'uuid') return /organisation/.test(name) ? other.organisation : other.account
  if (type === 'bool') return 'true'
  if (type === 'date') return '2031-05-05'
  if (type.startsWith('timestamp')) return '2031-05-05T05:05:05Z'
  if (/^(int|float|numeric)/.test(type)) return '7'
  return CANARY
}
