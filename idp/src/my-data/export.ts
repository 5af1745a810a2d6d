import { translate } from '@myanm/chassis'
import type { Context } from 'koa'
import { type Holdings, whatIsKept, withheldOf } from '#retention'
import { periodInWords } from './present.ts'

/** The form of the file; see docs/personal-data.md. Grows when a reader of it would have to change. */
const FORMAT = 'myanm-personal-data/1'

/**
 * Everything held of a person, for a machine to read (GDPR articles 15 and 20): rows as they are kept,
 * each table with its reasons and its period in words. What could be used to come in is named, not told.
 */
export function exported(
  ctx: Context,
  held: { readonly holdings: Holdings; readonly account: string; readonly now: Date },
) {
  const { sections, sites } = whatIsKept()
  const words = ({ purposes, period }: (typeof sections)[number]['kept'][number]) => ({
    purposes: purposes.map((purpose) => translate(ctx, `retention.purpose.${purpose}`)),
    period: periodInWords(ctx, period),
  })
  return {
    format: FORMAT,
    made_at: held.now.toISOString(),
    account: held.account,
    sections: sections.map(({ section, kept }) => ({
      section: translate(ctx, `retention.section.${section}`),
      tables: kept.flatMap((one) => {
        const found = held.holdings[one.table]
        return found
          ? [
              {
                table: one.table,
                title: translate(ctx, `retention.table.${one.table}`),
                ...words(one),
                withheld: withheldOf(one.table),
                rows: found.rows,
              },
            ]
          : []
      }),
    })),
    queue: held.holdings['_private_jobs']?.rows ?? [],
    sites: sites.map(({ site, kept }) => ({
      site,
      tables: kept.map((one) => ({
        table: one.table,
        title: translate(ctx, `retention.table.${one.table}`),
        ...words(one),
      })),
    })),
  }
}
