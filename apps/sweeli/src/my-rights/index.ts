import type Router from '@koa/router'
import type { ActionKey } from '@myanm/permissions'
import { matrixRights, mySpace, type SiteServices } from '@myanm/relying-party'

/** What Sweeli is made of, for one person (3.4): the directory, one's own page, one's own choices. */
const HERE: readonly ActionKey[] = ['read.public', 'fiche.sweeli', 'own.preferences', 'contact.anm']

export function myRights({ myanm }: Pick<SiteServices, 'myanm'>): Router {
  return mySpace({ myanm, rights: (ctx, person) => matrixRights(ctx, person, HERE) })
}
