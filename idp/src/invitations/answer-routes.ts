import type Router from '@koa/router'
import { type Problem, readForm, render } from '@myanm/chassis'
import { transact } from '@myanm/database'
import type { Context } from 'koa'
import { knownBrowser, mistakesOfNewPassword } from '#credentials'
import { noteSignIn } from '#devices'
import { record } from '#journal'
import { beginSession } from '#oidc'
import { lookAtProof, type Proof } from '#proofs'
import { maskedEmail } from '#rules/accounts'
import { bannerOf, goToSignIn, keepNotice, whoIsHere } from '#visits'
import { problem } from '../problems.ts'
import { type Accepted, acceptInvitation, declineInvitation } from './answer.ts'
import { acceptForm, newcomerForm, nothingForm, passwordForm } from './forms.ts'
import { joinAnew } from './join-new.ts'
import { landingOf } from './landing.ts'
import type { InvitationNeeds } from './needs.ts'
import { asId, linkPath, seeOther } from './paths.ts'
import { type InFront, lookAt, showInvitation } from './show-invitation.ts'
import { findInvitation, noteBegun } from './store.ts'

/** What the mail of an invitation leads to (M31, ahead 6). */
export function answerRoutes(router: Router, needs: InvitationNeeds): void {
  const path = '/invitation/:jeton'

  router.get(path, async (ctx) => {
    const { inFront, token } = await followed(ctx)
    await showInvitation(ctx, needs, { inFront, path: linkPath(token) })
  })

  /** Signed in: with the invited address, or another one that it is then added to. */
  router.post(path, async (ctx) => {
    const { inFront, proof, token } = await followed(ctx)
    const form = await readForm(ctx, acceptForm)
    const { visit, invitation } = inFront
    // Somebody else, or nobody, is here by now: nothing is done that the page has not said.
    if (!visit || !form.ok || form.values.avec !== visit.account)
      return seeOther(ctx, linkPath(token))
    if (inFront.standpoint === 'elsewhere' && inFront.isOpen) throw forOther(inFront, token)
    const outcome = await acceptInvitation(needs, {
      invitation: invitation.id,
      account: visit.account,
      proof,
      now: new Date(),
    })
    if (outcome.accepted) return await goOn(ctx, outcome)
    if (outcome.because === 'for-other') throw forOther(inFront, token)
    // Its page says what became of it, with a way on.
    seeOther(ctx, linkPath(token))
  })

  /** Nobody's address yet, or an old account's: a password, and in. */
  router.post(`${path}/compte`, async (ctx) => {
    const { inFront, proof, token } = await followed(ctx)
    const { standpoint, invitation, holder } = inFront
    const isLegacy = standpoint === 'legacy' && holder?.given_name && holder.family_name
    if (!inFront.isOpen || (standpoint !== 'new' && standpoint !== 'legacy')) {
      await readForm(ctx, nothingForm)
      return seeOther(ctx, linkPath(token))
    }
    const form = await readForm(ctx, isLegacy ? passwordForm : newcomerForm)
    const typed = form.ok ? (form.values as NewcomerValues) : null
    const told = (field: string): string => String(form.typed[field] ?? '')
    const names = isLegacy
      ? { prenom: holder.given_name ?? '', nom: holder.family_name ?? '' }
      : { prenom: typed?.prenom ?? told('prenom'), nom: typed?.nom ?? told('nom') }
    // All that is to be put right is said at once.
    const errors = {
      ...(form.ok ? {} : form.errors),
      ...mistakesOfNewPassword({
        password: told('mot_de_passe'),
        confirmation: told('confirmation'),
        own: [invitation.email, names.prenom, names.nom],
      }),
    }
    if (!typed || Object.keys(errors).length > 0) {
      // A form that was filled in, not a page that was looked at: somebody is answering.
      await noteBegun(needs.db, invitation.id)
      return showInvitation(ctx, needs, {
        inFront,
        path: linkPath(token),
        form: { typed: form.typed, errors },
      })
    }
    const outcome = await joinAnew(needs, {
      proof,
      newcomer: {
        givenName: names.prenom,
        familyName: names.nom,
        passwordHash: await needs.passwords.hash(typed.mot_de_passe),
      },
      now: new Date(),
    })
    if (!outcome.accepted) return seeOther(ctx, linkPath(token))
    await signIn(ctx, outcome.account)
    await goOn(ctx, outcome)
  })

  router.post(`${path}/decliner`, async (ctx) => {
    const { inFront, proof, token } = await followed(ctx)
    await readForm(ctx, nothingForm)
    const outcome = await declineInvitation(needs, {
      invitation: inFront.invitation.id,
      account: inFront.visit?.account ?? null,
      proof,
      now: new Date(),
    })
    if (!outcome.declined) return seeOther(ctx, linkPath(token))
    render(ctx, 'invitations/pages/declined.njk', {
      banner: bannerOf(inFront.visit),
      organisation: inFront.organisation.name,
      isSignedIn: inFront.visit !== null,
    })
  })

  /** Signs in, then back to the invitation. */
  router.get(`${path}/connexion`, async (ctx) => {
    const { inFront, token } = await followed(ctx)
    if (inFront.visit) return seeOther(ctx, linkPath(token))
    const hint = ctx.query['adresse'] === 'autre' ? {} : { login_hint: inFront.invitation.email }
    goToSignIn(ctx, needs, hint)
  })

  /**
   * Somebody else's turn in this browser: whoever it is for, or has signed in since, comes back to the
   * invitation. Sessions count in whole seconds: the time alone would ask a quick person twice.
   */
  router.get(`${path}/autre-compte`, async (ctx) => {
    const { inFront, token } = await followed(ctx)
    const since = Number(ctx.query['depuis'])
    const signedInAt = inFront.visit?.session.signedInAt.getTime() ?? 0
    const isTheirs = inFront.standpoint === 'own'
    if (isTheirs || !Number.isFinite(since) || signedInAt > since) {
      return seeOther(ctx, linkPath(token))
    }
    goToSignIn(ctx, needs, { prompt: 'login', login_hint: inFront.invitation.email })
  })

  /**
   * What the link leads to, looked at only: GET and HEAD are the scanners' (ahead 7). Its address is a
   * secret: no page and no other site hears it (ASVS 14.2.1).
   * @throws Problem `dead-link` (E05) for what is no link of ours
   */
  async function followed(
    ctx: Context,
  ): Promise<{ readonly inFront: InFront; readonly proof: Proof; readonly token: string }> {
    ctx.set('Referrer-Policy', 'strict-origin')
    const now = new Date()
    const token = String(ctx['params']['jeton'] ?? '')
    const looked = await lookAtProof(needs, { token, purposes: ['invitation'], now })
    const id = asId(looked.proof?.subject)
    const invitation = id === null ? undefined : await findInvitation(needs.db, id)
    const visit = await whoIsHere(ctx, needs)
    const inFront = invitation && (await lookAt(needs, { invitation, visit, now }))
    if (!looked.proof || !inFront) throw deadLink()
    // Sent again with another link, because this one's code was guessed at: the later mail answers.
    const isReplaced = !looked.works && inFront.isOpen
    if (isReplaced) throw deadLink()
    return { inFront, proof: looked.proof, token }
  }

  async function goOn(ctx: Context, joined: Joined): Promise<void> {
    const { href, site } = await landingOf(needs, joined)
    if (!site) keepNotice(ctx, 'invitations.done.joined')
    seeOther(ctx, href)
  }

  /** In the browser where the password was chosen a moment ago. */
  async function signIn(ctx: Context, account: string): Promise<void> {
    const session = await beginSession(ctx, needs, { account, amr: ['pwd'] })
    if (session === null) return
    knownBrowser(ctx, needs.config).remember(account)
    await transact(needs.db, async (tx) => {
      await record(tx, { event: 'signed-in', account, details: { how: 'invitation' } })
      await noteSignIn(tx, {
        session,
        account,
        amr: ['pwd'],
        userAgent: ctx.get('user-agent'),
        address: ctx.ip,
      })
    })
  }
}

type Joined = Extract<Accepted, { accepted: true }>

interface NewcomerValues {
  readonly prenom?: string
  readonly nom?: string
  readonly mot_de_passe: string
  readonly confirmation: string
}

/** E34: whose it is, as far as whoever knows the address recognises it, and the ways on. */
export function forOther({ invitation, visit }: InFront, token: string | null): Problem {
  const since = visit?.session.signedInAt.getTime() ?? 0
  return problem('invitation-for-other', {
    values: { address: maskedEmail(invitation.email) },
    ways: [
      ...(token === null
        ? []
        : [
            {
              key: 'invitations.way.other-account',
              href: `${linkPath(token)}/autre-compte?depuis=${since}`,
            },
          ]),
      { key: 'invitations.way.my-organisations', href: '/compte/organismes' },
    ],
  })
}

function deadLink(): Problem {
  return problem('dead-link', {
    ways: [
      { key: 'invitations.way.code', href: '/invitation' },
      { key: 'invitations.way.ask', href: '/organismes/rejoindre' },
      { key: 'invitations.way.account', href: '/compte' },
    ],
  })
}
