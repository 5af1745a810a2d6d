import type Router from '@koa/router'
import { render } from '@myanm/chassis'
import type { Context } from 'koa'
import { findAccount } from '#accounts'
import { lookAtProof } from '#proofs'
import { maskedEmail } from '#rules/accounts'
import { bannerOf, whoIsHere } from '#visits'
import { type Confirmation, confirmAddress } from './change-address.ts'
import type { MyAccountNeeds } from './needs.ts'

/**
 * The link in the mail to a new address. Looking changes nothing (ahead 7): a scanner that opens it twice
 * burns nothing. The page says whose account it is as far as its owner can tell, and no further: a
 * mistyped address is a stranger's mailbox.
 */
export function linkRoutes(router: Router, needs: MyAccountNeeds): void {
  const { db } = needs
  const lookAt = (ctx: Context) =>
    lookAtProof(needs, {
      token: ctx['params']['jeton'] ?? '',
      purposes: ['change-email'],
      now: new Date(),
    })

  router.get('/adresse/:jeton', async (ctx) => {
    const looked = await lookAt(ctx)
    if (!looked.works) return show(ctx, 'dead')
    const account = await findAccount(db, looked.proof.account_id)
    await show(ctx, 'asked', {
      email: looked.proof.email,
      from: maskedEmail(account?.email ?? ''),
      action: ctx.path,
    })
  })

  router.post('/adresse/:jeton', async (ctx) => {
    const looked = await lookAt(ctx)
    const { proof } = looked
    const outcome = looked.works
      ? await confirmAddress(needs, { id: looked.proof.id, now: new Date() })
      : 'dead'
    await show(ctx, outcome, { email: proof?.email })
  })

  async function show(
    ctx: Context,
    outcome: Confirmation | 'asked',
    props: object = {},
  ): Promise<void> {
    ctx.status = STATUS[outcome]
    render(ctx, 'my-account/pages/address-link.njk', {
      banner: bannerOf(await whoIsHere(ctx, needs)),
      outcome,
      ...props,
    })
  }
}

const STATUS = { asked: 200, changed: 200, dead: 410, taken: 409 } as const
