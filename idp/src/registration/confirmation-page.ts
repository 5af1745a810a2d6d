import { render } from '@myanm/chassis'
import type { Context } from 'koa'
import { letFormsEndAtSite } from '#journeys'
import type { Proof } from '#proofs'
import { bannerOf, whoIsHere } from '#visits'
import { journeyHere } from './browser-mark.ts'
import { isRenewable, type MailedLink } from './mailed-link.ts'
import type { RegistrationNeeds } from './needs.ts'

/** Of two who press the button at once, or one who presses twice, both are let through (milliseconds). */
const JUST_NOW = 60_000

export function wasJustUsed({ looked, now }: MailedLink): boolean {
  const usedAt = looked.proof?.used_at?.getTime() ?? 0
  return now.getTime() - usedAt <= JUST_NOW
}

/** What the link of the mail shows: a button, that it was pressed already, or that it is over (E05). */
export async function showLink(
  ctx: Context,
  needs: RegistrationNeeds,
  { link, mistake }: { readonly link: MailedLink; readonly mistake: string | null },
): Promise<void> {
  const { token, looked, registration, state, email } = link
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
    return render(ctx, 'registration/pages/activated.njk', {
      from,
      banner,
      isNew: wasJustUsed(link),
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
