import type Router from '@koa/router'
import type { ActionKey } from '@myanm/permissions'
import { matrixRights, mySpace, type SiteServices } from '@myanm/relying-party'

/** What MonASBL is made of, for one person (3.3): reading, documents, the association's data, ads. */
const HERE: readonly ActionKey[] = [
  'read.public',
  'read.subscriber',
  'buy.major',
  'doc.generate',
  'org.read',
  'org.edit',
  'ad.emploi.publish',
]

export function myRights({ myanm }: Pick<SiteServices, 'myanm'>): Router {
  return mySpace({ myanm, rights: (ctx, person) => matrixRights(ctx, person, HERE) })
}
