import type Router from '@koa/router'
import { render } from '@myanm/chassis'
import { readCohort } from '#legacy'
import { countUndelivered } from '#mail'
import { displayName } from '#rules/accounts'
import { countOpenCorrections } from './corrections-store.ts'
import { countOpenMeasures } from './measures-store.ts'
import { countOpenMessages } from './messages-store.ts'
import type { StaffNeeds } from './needs.ts'
import { staffPage, turnIn } from './pages.ts'
import { searchPeople } from './people-store.ts'
import { byId, MOST_FOUND, maskedEmail, pageOf, readSearch } from './rules.ts'
import { staffHere } from './staff-here.ts'
import { listTasks } from './store.ts'

/** Finding somebody, and what waits for the team. */
export function overviewRoutes(router: Router, { db }: StaffNeeds): void {
  router.get('/equipe-anm', async (ctx) => {
    const visit = staffHere(ctx)
    const [messages, corrections, undelivered, tasks, cohort, measures] = await Promise.all([
      countOpenMessages(db),
      countOpenCorrections(db),
      countUndelivered(db),
      listTasks(db, turnIn(ctx, 'taches')),
      readCohort(db),
      countOpenMeasures(db),
    ])
    render(ctx, 'staff/pages/overview.njk', {
      ...staffPage(ctx, visit, 'overview'),
      waiting: {
        messages,
        corrections,
        measures,
        undelivered,
      },
      tasks: pageOf(tasks, byId),
      isFurther: ctx.query['taches'] !== undefined,
      cohort,
      form: { typed: {}, errors: {} },
    })
  })

  router.get('/equipe-anm/recherche', async (ctx) => {
    const visit = staffHere(ctx)
    const typed = typeof ctx.query['q'] === 'string' ? ctx.query['q'].slice(0, 254) : ''
    const message = typeof ctx.query['message'] === 'string' ? ctx.query['message'] : ''
    const search = readSearch(typed)
    const found = search ? await searchPeople(db, search) : []
    if (!search) ctx.status = 422
    render(ctx, 'staff/pages/search.njk', {
      ...staffPage(ctx, visit, 'overview'),
      form: { typed: { q: typed, message }, errors: search ? {} : { q: 'staff.search.too-short' } },
      found: found.slice(0, MOST_FOUND).map((person) => ({
        id: person.id,
        state: person.state,
        name: displayName({ ...person, email: null }),
        email: maskedEmail(person.email),
      })),
      hasMore: found.length > MOST_FOUND,
      searched: search !== null,
    })
  })
}
