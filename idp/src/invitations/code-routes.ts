import type Router from '@koa/router'
import { readForm, render, type Typed } from '@myanm/chassis'
import type { Context } from 'koa'
import { createLimit } from '#credentials'
import { checkCode, listLive } from '#proofs'
import { identifierKey } from '#rules/accounts'
import { bannerOf, whoIsHere } from '#visits'
import { codeForm } from './forms.ts'
import type { InvitationNeeds } from './needs.ts'
import { linkPath, seeOther } from './paths.ts'
import { listAwaitingCode, noteBegun } from './store.ts'

/** For whoever has the mail on another device: the address and the code it carries. */
export function codeRoutes(router: Router, needs: InvitationNeeds): void {
  const { db, pool, config, secrets } = needs
  const tries = createLimit(
    { pool, key: config.COOKIE_KEY },
    { name: 'invitation-codes', times: 15, seconds: 3600 },
  )

  router.get('/invitation', async (ctx) => show(ctx, { typed: {}, errors: {} }))

  router.post('/invitation', async (ctx) => {
    const form = await readForm(ctx, codeForm)
    if (!form.ok) return show(ctx, form)
    const { email, code } = form.values
    const verdict = await tries.take(identifierKey(email))
    const proof = verdict.allowed ? await proofOf(email, code) : null
    // An address nobody has invited answers as a wrong code does.
    if (proof === null) {
      return show(ctx, { typed: form.typed, errors: { code: 'invitations.code.wrong' } })
    }
    await tries.giveBack(identifierKey(email))
    seeOther(ctx, linkPath(secrets.tokenOf(proof)))
  })

  /** Several organisations may have invited one address: each mail has its own code. */
  async function proofOf(email: string, code: string): Promise<string | null> {
    const now = new Date()
    const waiting = await listAwaitingCode(db, email)
    const named = await Promise.all(
      waiting.map(async ({ id, invitedBy: account }) => {
        const live = await listLive(db, account, now)
        const proof = live.find(
          ({ purpose, subject }) => purpose === 'invitation' && subject === id,
        )
        return { name: { account, purpose: 'invitation' as const, subject: id }, proof }
      }),
    )
    // The code of one uses up no try of the others; a wrong one is a try at each of them.
    const meant = named.filter(({ proof }) => proof && secrets.isCode(proof.id, code))
    for (const { name } of meant.length > 0 ? meant : named) {
      const answer = await checkCode(needs, { name, typed: code, now })
      if (!answer.right) continue
      await noteBegun(db, name.subject)
      return answer.proof.id
    }
    return null
  }

  async function show(
    ctx: Context,
    form: { readonly typed: Typed; readonly errors: Readonly<Record<string, string>> },
  ): Promise<void> {
    if (Object.keys(form.errors).length > 0) ctx.status = 422
    render(ctx, 'invitations/pages/code.njk', {
      banner: bannerOf(await whoIsHere(ctx, needs)),
      form,
    })
  }
}
