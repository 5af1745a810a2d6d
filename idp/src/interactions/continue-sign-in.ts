import type { Context } from 'koa'
import type { Proven } from '#credentials'
import { record } from '#journal'
import { completeSignIn, goHalfway, type Journey, oweSecondFactor, type SignedIn } from '#journeys'
import { type SiteOfTheHouse, waysTo } from '#oidc'
import { pathOf } from '#rules/journeys'
import { AAL2, levelOf, reaches } from '#rules/oidc'
import { problem } from '../problems.ts'
import type { InteractionNeeds } from './needs.ts'
import { nextStep } from './rules.ts'

/**
 * After a right password, passkey or second factor: what comes next, one step a line.
 * @returns false when this account cannot sign in at all: the answer is then that of a wrong password
 */
export async function continueSignIn(
  ctx: Context,
  needs: InteractionNeeds,
  given: { readonly journey: Journey; readonly person: SignedIn; readonly proven: Proven },
): Promise<boolean> {
  const { journey, person, proven } = given
  const { uid } = journey
  const now = new Date()
  const halfwayTo = async (path: string) => {
    await goHalfway(journey, person, now)
    goTo(ctx, path)
    return true
  }
  const isProvenTwice = reaches(levelOf(person.amr), AAL2)
  const step = nextStep({
    ...proven,
    owesSecondFactor: proven.hasSecondFactor && !isProvenTwice,
  })
  switch (step) {
    case 'second-factor':
      await oweSecondFactor(journey, person, now)
      goTo(ctx, pathOf('second-factor', uid))
      return true
    case 'confirm-email':
      return halfwayTo(`/connexion/${uid}/inscription/confirmez`)
    case 'new-password':
      return halfwayTo(`/connexion/${uid}/nouveau-mot-de-passe`)
    case 'deletion':
      return halfwayTo(`/connexion/${uid}/suppression`)
    case 'suspended':
      throw await suspended(needs, journey, person.account)
    case 'unusable':
      await recordRefusal(needs, { journey, account: person.account, because: step })
      return false
    case 'in': {
      const { hasSecondFactor } = proven
      await completeSignIn(ctx, needs, { journey, person, hasSecondFactor })
      return true
    }
  }
}

function goTo(ctx: Context, path: string): void {
  ctx.status = 303
  ctx.redirect(path)
}

/** E04, said to nobody who has not proven who they are, with a way to the team and one back. */
async function suspended(needs: InteractionNeeds, journey: Journey, account: string) {
  await recordRefusal(needs, { journey, account, because: 'suspended' })
  const { clientId, name, homeUri } = journey.site
  const back: SiteOfTheHouse[] = homeUri === null ? [] : [{ clientId, name, homeUri }]
  return problem('account-suspended', {
    ways: [{ key: 'interactions.way.contact', href: '/contact' }, ...waysTo(back)],
  })
}

function recordRefusal(
  { db }: InteractionNeeds,
  { journey, account, because }: { journey: Journey; account: string; because: string },
): Promise<void> {
  const client = journey.site.clientId
  return record(db, { event: 'sign-in-refused', account, client, details: { because } })
}
