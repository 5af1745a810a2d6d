import type Router from '@koa/router'
import { readForm } from '@myanm/chassis'
import { transact } from '@myanm/database'
import { removeOtherAddress } from '#accounts'
import { record } from '#journal'
import { keepNotice, requireRecentPerson } from '#visits'
import { otherAddressForm } from './forms.ts'
import type { MyAccountNeeds } from './needs.ts'

/**
 * A mailbox that leads to the account beside its own address, since an invitation was accepted with it, is
 * let go: it opens the account no longer, and whoever reads it may have one of their own.
 */
export function otherAddressRoutes(router: Router, needs: MyAccountNeeds): void {
  router.post('/compte/connexion/autres-adresses/retirer', async (ctx) => {
    const visit = await requireRecentPerson(ctx, needs)
    if (!visit) return
    const form = await readForm(ctx, otherAddressForm)
    const { account } = visit
    if (form.ok) {
      await transact(needs.db, async (tx) => {
        if (!(await removeOtherAddress(tx, { account, address: form.values.adresse }))) return
        await record(tx, { event: 'login-changed', account, details: { what: 'address-removed' } })
      })
      keepNotice(ctx, 'my-account.other-addresses.removed')
    }
    ctx.status = 303
    ctx.redirect('/compte/connexion')
  })
}
