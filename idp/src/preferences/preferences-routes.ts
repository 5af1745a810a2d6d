import type Router from '@koa/router'
import { readForm, render, type Typed } from '@myanm/chassis'
import type { Context } from 'koa'
import { lettersOf } from '#mail'
import { checkCode } from '#proofs'
import { accountPage, keepNotice, requirePerson, type Visit } from '#visits'
import { codeForm, resendForm, switchesForm } from './forms.ts'
import type { PreferenceNeeds } from './routes.ts'
import { movesOf, type Subscription, subscriptionOf } from './rules.ts'
import { confirmNewsletter, endNewsletter } from './settle-newsletter.ts'
import { SITE_NAMES } from './site-names.ts'
import { lastConsents, listNewsletters } from './store.ts'
import { wishForNewsletters } from './wish-for-newsletters.ts'

const HERE = '/compte/preferences'

/** Mails shown of those we sent lately. */
const SHOWN = 8

/** One switch for each newsletter, all off until the person and their mailbox say otherwise (M26). */
export function preferencesRoutes(router: Router, needs: PreferenceNeeds): void {
  const { db } = needs

  router.get(HERE, async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (visit) await show(ctx, needs, { visit })
  })

  router.post(HERE, async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    const form = await readForm(ctx, switchesForm, ['newsletters'])
    if (!form.ok) return show(ctx, needs, { visit, form })
    const { account } = visit
    const moves = movesOf(await standingOf(needs, account), form.values.newsletters)
    for (const newsletter of moves.off) {
      await endNewsletter(db, { account, newsletter, how: 'preferences' })
    }
    await db
      .transaction()
      .execute((tx) => wishForNewsletters(tx, { account, keys: moves.on, how: 'preferences' }))
    keepNotice(ctx, moves.on.length ? 'preferences.saved.confirm' : 'preferences.saved')
    seeOther(ctx, HERE)
  })

  router.post(`${HERE}/renvoyer`, async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    const form = await readForm(ctx, resendForm)
    if (!form.ok) return show(ctx, needs, { visit, form })
    const { account } = visit
    const keys = [form.values.newsletter]
    // Only what was asked for: a button in an old tab turns nothing on.
    if ((await standingOf(needs, account)).get(form.values.newsletter) === 'pending') {
      await db
        .transaction()
        .execute((tx) => wishForNewsletters(tx, { account, keys, how: 'preferences' }))
      keepNotice(ctx, 'preferences.sent-again')
    }
    seeOther(ctx, HERE)
  })

  router.post(`${HERE}/code`, async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    const form = await readForm(ctx, codeForm)
    if (!form.ok) return show(ctx, needs, { visit, form })
    const { newsletter, code } = form.values
    const answer = await checkCode(needs, {
      name: { account: visit.account, purpose: 'newsletter', subject: newsletter },
      typed: code,
      now: new Date(),
    })
    const isConfirmed =
      answer.right && (await confirmNewsletter(db, { proof: answer.proof.id, how: 'code' }))
    if (!isConfirmed) {
      const errors = { code: 'preferences.code.wrong' }
      return show(ctx, needs, { visit, form: { typed: form.typed, errors } })
    }
    keepNotice(ctx, 'preferences.confirmed')
    seeOther(ctx, HERE)
  })
}

async function standingOf(
  { db }: Pick<PreferenceNeeds, 'db'>,
  account: string,
): Promise<Map<string, Subscription>> {
  const now = new Date()
  const [newsletters, last] = await Promise.all([listNewsletters(db), lastConsents(db, account)])
  return new Map(newsletters.map(({ key }) => [key, subscriptionOf(last.get(key) ?? null, now)]))
}

async function show(
  ctx: Context,
  needs: PreferenceNeeds,
  shown: {
    readonly visit: Visit
    readonly form?: { readonly typed: Typed; readonly errors: Readonly<Record<string, string>> }
  },
): Promise<void> {
  const { db } = needs
  const { visit, form } = shown
  const { account } = visit
  const [newsletters, last, standing, letters] = await Promise.all([
    listNewsletters(db),
    lastConsents(db, account),
    standingOf(needs, account),
    lettersOf(db, account),
  ])
  const choices = newsletters.map((newsletter) => ({
    ...newsletter,
    standing: standing.get(newsletter.key),
    since: last.get(newsletter.key)?.at,
  }))
  const sites = [...new Set(newsletters.map(({ site }) => site))].map((site) => ({
    key: site,
    name: SITE_NAMES[site],
    newsletters: choices.filter((choice) => choice.site === site),
  }))
  if (form) ctx.status = 422
  render(ctx, 'preferences/pages/preferences.njk', {
    ...accountPage(ctx, visit, 'preferences'),
    form: form ?? { typed: {}, errors: {} },
    sites,
    pending: choices.filter((choice) => choice.standing === 'pending'),
    email: visit.standing.account.email,
    letters: letters.slice(0, SHOWN),
  })
}

function seeOther(ctx: Context, path: string): void {
  ctx.status = 303
  ctx.redirect(path)
}
