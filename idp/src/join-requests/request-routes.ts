import type Router from '@koa/router'
import { frameProblem, readForm, render } from '@myanm/chassis'
import { accountPage, keepNotice, requirePerson } from '#visits'
import { findAddressee } from './find-addressee.ts'
import { nothingForm } from './forms.ts'
import type { JoinRequestNeeds } from './needs.ts'
import { mayAskAgainOn } from './rules.ts'
import { findOwnRequest, type OwnRequest } from './store.ts'
import { isIn, wayOn } from './way-on.ts'
import { withdrawRequest } from './withdraw.ts'

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

/** « Ma demande »: where it stands, what comes next, and on to where one wanted to go. */
export function requestRoutes(router: Router, needs: JoinRequestNeeds): void {
  const { db } = needs

  /** @throws Problem `not-found`, for what does not exist and what is somebody else's alike */
  const requestOf = async (account: string, id: string): Promise<OwnRequest> => {
    const request = UUID.test(id) ? await findOwnRequest(db, { id, account }) : undefined
    if (request) return request
    throw frameProblem('not-found', {
      ways: [{ key: 'join-requests.way.mine', href: '/compte/organismes' }],
    })
  }

  /** Where the organisation went that was asked by its number, and has no answer to give any more. */
  const mergedInto = async ({ isOfClosed, bce }: OwnRequest): Promise<string | null> => {
    const found = isOfClosed && bce !== null ? await findAddressee(db, bce) : null
    return found?.is === 'found' && found.isMerged ? found.addressee.name : null
  }

  router.get('/compte/demandes/:requestId', async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    const request = await requestOf(visit.account, ctx.params['requestId'] ?? '')
    const { state, settledAt, isOfClosed } = request
    const again = state === 'refused' && settledAt && !isOfClosed ? mayAskAgainOn(settledAt) : null
    render(ctx, 'join-requests/pages/request.njk', {
      ...accountPage(ctx, visit, 'organisations'),
      request,
      isIn: isIn(request),
      mergedInto: await mergedInto(request),
      wayOn: isIn(request) ? wayOn(request) : null,
      again,
      mayAskAgain: state !== 'pending' && !isIn(request) && (!again || again <= new Date()),
    })
  })

  router.post('/compte/demandes/:requestId/retirer', async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    await readForm(ctx, nothingForm)
    const { id } = await requestOf(visit.account, ctx.params['requestId'] ?? '')
    const isWithdrawn = await withdrawRequest(needs, { account: visit.account, request: id })
    if (isWithdrawn) keepNotice(ctx, 'join-requests.withdrawn')
    ctx.status = 303
    ctx.redirect(`/compte/demandes/${id}`)
  })
}
