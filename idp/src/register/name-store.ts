import type { Db } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'
import type { Enterprise } from './store.ts'

/**
 * So many enterprises are held against each other. A search that finds more is too wide to be put in an
 * order while somebody waits, and nobody reads that far.
 */
const MOST_COMPARED = 2000

export type EnterpriseByName = Omit<Enterprise, 'type' | 'since'>

/**
 * Legal persons with all these words in their names or acronyms, each from its first letters on: those
 * that are active first, of them whose acronym it is, then the shortest name, which is the one that says
 * this and little else.
 *
 * @param search.after the number of the last of the page before
 * @returns one more than `most`, where there is one more
 */
export async function listByWords(
  db: Db<Tables>,
  search: {
    readonly words: readonly string[]
    readonly after: string | null
    readonly most: number
  },
): Promise<{ readonly enterprises: readonly EnterpriseByName[]; readonly isTooWide: boolean }> {
  const { words, after, most } = search
  // Words are letters and digits, as `readNameSearch` reads them: none ends the quote it is in.
  const wanted = words.map((word) => `'${word}':*`).join(' & ')
  const { rows } = await sql<EnterpriseByName & { compared: number }>`
    with candidate as materialized (
      select number, (
          ceased_on is not null,
          acronyms = '{}' or not exists (
            select from jsonb_each_text(acronyms) where register_words(value) = ${words}::text[]
          ),
          char_length(coalesce(names ->> 'fr', names ->> 'nl', names ->> 'de', names ->> 'en',
            names ->> 'und', '')),
          number
        ) as place
      from register_enterprise
      where type = 'legal' and register_enterprise_words(names, acronyms) @@ ${wanted}::tsquery
      limit ${MOST_COMPARED + 1}
    ), page as (
      select number, place from candidate
      where ${after}::text is null
        or place > (select place from candidate where number = ${after})
      order by place limit ${most + 1}
    )
    select enterprise.number, names, acronyms, legal_form, seat, ceased_on::text,
      (select count(*) from candidate) as compared,
      coalesce((select jsonb_object_agg(language, label) from register_code
        where category = 'JuridicalForm' and code = legal_form), '{}') as form_labels
    from page join register_enterprise as enterprise using (number)
    order by place`.execute(db)
  return { enterprises: rows, isTooWide: (rows[0]?.compared ?? 0) > MOST_COMPARED }
}
