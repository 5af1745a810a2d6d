import type Router from '@koa/router'
import { render } from '@myanm/chassis'
import { requireMember } from '#memberships'
import { answerOf } from './answer.ts'
import { journalPage, pathOf, personAsked, textOf } from './asked.ts'
import type { OrganisationJournalNeeds } from './needs.ts'
import { momentAt, readDay, readTime } from './rules.ts'

/** When a time is not given, noon. */
const NOON = '12:00'

/** « What could A do for this organisation on that day, and who decided it? » (ahead 13) */
export function thatDayRoutes(router: Router, needs: OrganisationJournalNeeds): void {
  router.get('/organismes/:organisme/journal/ce-jour-la', async (ctx) => {
    const here = await requireMember(ctx, needs, 'org.journal')
    if (!here) return
    const { person, found } = await personAsked(ctx, needs, here.organisation.id)
    const typed = { q: textOf(ctx, 'q'), day: textOf(ctx, 'jour'), time: textOf(ctx, 'heure') }
    const [day, time] = [readDay(typed.day), readTime(typed.time || NOON)]
    const moment = momentAt(day, time)
    const isAhead = moment !== null && moment > new Date()
    const asked = { jour: typed.day, heure: typed.time }
    render(ctx, 'organisation-journal/pages/that-day.njk', {
      ...journalPage(ctx, here),
      typed: {
        q: typed.q || (person?.name ?? ''),
        day: day || typed.day,
        time: time || typed.time,
      },
      wrong: {
        person: typed.day !== '' && !person && !found,
        day: day === '',
        time: time === '' || (day !== '' && moment === null),
        isAhead,
      },
      person,
      found: found?.map((one) => ({
        ...one,
        href: pathOf(here.organisation.id, '/ce-jour-la', { ...asked, personne: one.membership }),
      })),
      moment,
      answer:
        person && moment && !isAhead
          ? await answerOf(ctx, needs.db, { here, person, moment })
          : null,
    })
  })
}
