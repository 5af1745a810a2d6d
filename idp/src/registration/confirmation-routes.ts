import type Router from '@koa/router'
import { clientAddress, readForm, render } from '@myanm/chassis'
import type { Context } from 'koa'
import { findAccount } from '#accounts'
import { OWN_CLIENT } from '#clients'
import { signIn } from '#credentials'
import { letFormsEndAtSite } from '#journeys'
import { type Looked, lookAtProof, type Proof } from '#proofs'
import { bannerOf, whoIsHere } from '#visits'
import { journeyHere } from './browser-mark.ts'
import { confirm } from './confirm.ts'
import { confirmationForm } from './forms.ts'
import type { RegistrationNeeds } from './needs.ts'
import { keepConfirmed } from './progress.ts'
import { pathsOf } from './rules.ts'
import { sendAccountAgain, sendAgain } from './send-again.ts'
import { seeOther } from './show.ts'
import { findRegistration, type Registration } from './store.ts'

/** Of two who press the button at once, or one who presses twice, both are let through (milliseconds). */
const JUST_NOW = 60_000

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

interface Link {
  readonly token: string
  readonly looked: Looked
  readonly now: Date
  readonly registration: Registration | null
  /** State and address of the account it is for. */
  readonly state: string | null
  readonly email: string | null
}

async function linkOf(ctx: Context, needs: RegistrationNeeds): Promise<Link> {
  const { db } = needs
  const { jeton: token = '' } = ctx['params'] as { jeton?: string }
  const now = new Date()
  const looked = await lookAtProof(needs, { token, purposes: ['confirm-email'], now })
  const { proof } = looked
  const registration = proof?.subject ? await findRegistration(db, proof.subject) : undefined
  const account = proof ? await findAccount(db, proof.account_id) : undefined
  return {
    token,
    looked,
    now,
    registration: registration ?? null,
    state: account?.state ?? null,
    email: proof?.email ?? account?.email ?? null,
  }
}

/** Whether a new mail may go where this link went: not once the address was corrected. */
function isRenewable({ looked, registration, state }: Link): boolean {
  if (looked.works || !looked.proof || state !== 'unconfirmed') return false
  const { proof } = looked
  if (proof.subject === '') return true
  return registration?.account_id === proof.account_id && registration.email === proof.email
}

/** The password somebody chose when they registered, asked of another browser than theirs. */
async function mistakeOfPassword(
  ctx: Context,
  needs: RegistrationNeeds,
  { looked, registration }: Link,
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
async function comeLate(ctx: Context, needs: RegistrationNeeds, link: Link): Promise<void> {
  const { looked, now, token } = link
  const usedAt = looked.proof?.used_at?.getTime() ?? 0
  if (looked.proof && now.getTime() - usedAt <= JUST_NOW) {
    return goOn(ctx, needs, { link, proof: looked.proof, notice: '' })
  }
  seeOther(ctx, `/confirmation/${token}`)
}

/** In the browser that registered, on a journey that still lives: on to the site. Else a page that says so. */
async function goOn(
  ctx: Context,
  needs: RegistrationNeeds,
  { link, proof, notice }: { readonly link: Link; readonly proof: Proof; readonly notice: string },
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

async function showLink(
  ctx: Context,
  needs: RegistrationNeeds,
  { link, mistake }: { readonly link: Link; readonly mistake: string | null },
): Promise<void> {
  const { token, looked, now, registration, state, email } = link
  const banner = bannerOf(await whoIsHere(ctx, needs))
  const from = await siteOf(needs, looked.proof)
  const path = `/confirmation/${token}`
  if (looked.works && state === 'unconfirmed') {
    if (mistake) ctx.status = 422
    const journey = journeyHere(ctx, needs.config, looked.proof)
    const isSameBrowser = journey !== null
    if (isSameBrowser) await letFormsEndAtSite(ctx, needs.engine, journey)
    return render(ctx, 'registration/pages/confirmation.njk', {
      path,
      email,
      name: registration?.person.givenName ?? null,
      from,
      banner,
      isSameBrowser,
      form: { errors: mistake ? { mot_de_passe: mistake } : {} },
    })
  }
  if (looked.proof && state !== null && state !== 'unconfirmed') {
    const usedAt = looked.proof.used_at?.getTime() ?? 0
    return render(ctx, 'registration/pages/activated.njk', {
      from,
      banner,
      isNew: now.getTime() - usedAt <= JUST_NOW,
      hasLostLogin: ctx.query['login'] === 'pris',
    })
  }
  ctx.status = looked.proof ? 410 : 404
  render(ctx, 'registration/pages/expired.njk', { path, banner, isRenewable: isRenewable(link) })
}

/** The site where they registered, to go back to (M50); MyANM itself otherwise. */
async function siteOf(
  { engine }: RegistrationNeeds,
  proof: Proof | null,
): Promise<{ name: string; homeUri: string } | null> {
  const client = proof?.client_id ? await engine.provider().Client.find(proof.client_id) : undefined
  const homeUri = client?.['homeUri'] as string | undefined
  return client && homeUri ? { name: client.clientName ?? client.clientId, homeUri } : null
}
