import type Router from '@koa/router'
import { clientAddress, readForm, render } from '@myanm/chassis'
import type { Context } from 'koa'
import { findAccount } from '#accounts'
import { OWN_CLIENT } from '#clients'
import { signIn } from '#credentials'
import type { Proof } from '#proofs'
import { bannerOf, whoIsHere } from '#visits'
import { journeyHere } from './browser-mark.ts'
import { confirm } from './confirm.ts'
import { showLink, wasJustUsed } from './confirmation-page.ts'
import { confirmationForm } from './forms.ts'
import { isRenewable, linkOf, type MailedLink } from './mailed-link.ts'
import type { RegistrationNeeds } from './needs.ts'
import { keepConfirmed } from './progress.ts'
import { pathsOf } from './rules.ts'
import { sendAccountAgain, sendAgain } from './send-again.ts'
import { seeOther } from './show.ts'

/**
 * The link of the mail (ML1). Looking at it changes nothing, however often and with whatever script:
 * mail scanners look. Only the button confirms; in another browser than the one that registered it asks
 * for the password chosen there, so that nobody's careless click opens what a stranger filled in.
 */
export function confirmationRoutes(router: Router, needs: RegistrationNeeds): void {
  router.get('/confirmation/:jeton', async (ctx) => {
    const link = await linkOf(ctx, needs)
    await showLink(ctx, needs, { link, mistake: null })
  })

  router.post('/confirmation/:jeton', async (ctx) => {
    const link = await linkOf(ctx, needs)
    const { looked, now } = link
    if (!looked.works) return comeLate(ctx, needs, link)
    const journey = journeyHere(ctx, needs.config, looked.proof)
    if (journey === null) {
      const mistake = await mistakeOfPassword(ctx, needs, link)
      if (mistake) return showLink(ctx, needs, { link, mistake })
    }
    const done = await confirm(needs, { proof: looked.proof, now })
    const notice = done.confirmed && !done.keepsLogin ? '?login=pris' : ''
    await goOn(ctx, needs, { link, proof: looked.proof, notice })
  })

  router.post('/confirmation/:jeton/renvoyer', async (ctx) => {
    const link = await linkOf(ctx, needs)
    const { looked, now } = link
    const proof = looked.proof
    const isLimited = (await needs.limits.take(clientAddress(ctx))) !== null
    if (proof && !isLimited && isRenewable(link)) {
      const { registration } = link
      await (registration
        ? sendAgain(needs, { registration: registration.id, email: registration.email, now })
        : sendAccountAgain(needs, { account: proof.account_id, email: link.email ?? '', now }))
    }
    const banner = bannerOf(await whoIsHere(ctx, needs))
    render(ctx, 'registration/pages/sent-again.njk', { isLimited, banner })
    if (isLimited) ctx.status = 429
  })
}

/** The password somebody chose when they registered, asked of another browser than theirs. */
async function mistakeOfPassword(
  ctx: Context,
  needs: RegistrationNeeds,
  { looked, registration }: MailedLink,
): Promise<string | null> {
  const form = await readForm(ctx, confirmationForm)
  if (!form.ok) return 'registration.confirmation.wrong'
  const password = form.values.mot_de_passe ?? ''
  if (password === '') return 'registration.confirmation.missing'
  const proof = looked.proof as Proof
  const address = clientAddress(ctx)
  if (!registration) {
    const outcome = await signIn(needs, {
      whose: { account: proof.account_id },
      password,
      address,
      client: proof.client_id ?? OWN_CLIENT,
      browserOf: () => null,
    })
    return outcome.proven ? null : 'registration.confirmation.wrong'
  }
  const counted = { who: `registration:${registration.id}`, address, browser: null }
  const verdict = await needs.attempts.begin(counted)
  if (!verdict.allowed) return 'registration.confirmation.locked'
  if (!(await needs.passwords.verify(registration.password_hash, password))) {
    return 'registration.confirmation.wrong'
  }
  await needs.attempts.forgive(counted)
  return null
}

/** Pressed after somebody else, or twice: who has just confirmed here goes on all the same. */
async function comeLate(ctx: Context, needs: RegistrationNeeds, link: MailedLink): Promise<void> {
  const { looked, token } = link
  if (looked.proof && wasJustUsed(link)) {
    return goOn(ctx, needs, { link, proof: looked.proof, notice: '' })
  }
  seeOther(ctx, `/confirmation/${token}`)
}

/** In the browser that registered, on a journey that still lives: on to the site. Else a page that says so. */
async function goOn(
  ctx: Context,
  needs: RegistrationNeeds,
  {
    link,
    proof,
    notice,
  }: { readonly link: MailedLink; readonly proof: Proof; readonly notice: string },
): Promise<void> {
  const journey = journeyHere(ctx, needs.config, proof)
  const account = await findAccount(needs.db, proof.account_id)
  const isOpen = account?.state === 'active'
  if (
    journey !== null &&
    isOpen &&
    (await keepConfirmed(needs.engine, journey, { account: account.id, now: link.now }))
  ) {
    return seeOther(ctx, `${pathsOf(journey).end}${notice}`)
  }
  seeOther(ctx, `/confirmation/${link.token}${notice}`)
}
