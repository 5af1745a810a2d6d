import type Router from '@koa/router'
import { render } from '@myanm/chassis'
import { requireMember } from '#memberships'
import { journalPage, pathOf, personAsked, textOf } from './asked.ts'
import type { OrganisationJournalNeeds } from './needs.ts'
import { shownEvent } from './present.ts'
import { dayAfter, momentAt, PER_PAGE, readDay } from './rules.ts'
import { listEvents } from './store.ts'

/** What was decided in an organisation, the latest first; by person, and between two days. */
export function journalRoutes(router: Router, needs: OrganisationJournalNeeds): void {
  router.get('/organismes/:organisme/journal', async (ctx) => {
    const here = await requireMember(ctx, needs, 'org.journal')
    if (!here) return
    const organisation = here.organisation.id
    const { person, found } = await personAsked(ctx, needs, organisation)
    const typed = { from: textOf(ctx, 'du'), to: textOf(ctx, 'au') }
    const [from, to] = [readDay(typed.from), readDay(typed.to)]
    const before = textOf(ctx, 'avant')
    const events = await listEvents(needs.db, {
      organisation,
      account: person?.account ?? null,
      from: momentAt(from, '00:00'),
      to: momentAt(dayAfter(to), '00:00'),
      before: /^[1-9]\d{0,17}$/.test(before) ? before : null,
      // One more than is shown says whether there is another page.
      most: PER_PAGE + 1,
    })
    const shown = events.slice(0, PER_PAGE)
    const asked = { ...(person && { personne: person.membership }), du: from, au: to }
    const pathWith = (more: Readonly<Record<string, string>>) =>
      pathOf(organisation, '', { ...asked, ...more })
    render(ctx, 'organisation-journal/pages/journal.njk', {
      ...journalPage(ctx, here),
      typed: textOf(ctx, 'q'),
      from: from || typed.from,
      to: to || typed.to,
      isDayWrong: (typed.from !== '' && from === '') || (typed.to !== '' && to === ''),
      person,
      found: found?.map((one) => ({ ...one, href: pathWith({ personne: one.membership }) })),
      isFiltered: person !== null || from !== '' || to !== '',
      isFirst: before === '',
      events: shown.map((row) => shownEvent(ctx, row)),
      latest: pathWith({}),
      older: events.length > PER_PAGE ? pathWith({ avant: shown.at(-1)?.id ?? '' }) : null,
    })
  })
}
