import type Router from '@koa/router'
import { formatCompanyNumber, readForm, render, type Typed, translate } from '@myanm/chassis'
import type { Context } from 'koa'
import { getProfile, type Profile, readPhone, showPhone } from '#accounts'
import { displayName } from '#rules/accounts'
import { accountPage, keepNotice, requirePerson, type Visit } from '#visits'
import { changeIdentity } from './change-identity.ts'
import { type Identity, identityForm, workingIdentityForm } from './forms.ts'
import type { MyAccountNeeds } from './needs.ts'
import { changedFields, tellsOfWork } from './rules.ts'

/** Names, telephone, address, and the work of who works for themselves (4.2.5, M12, M18). */
export function identityRoutes(router: Router, needs: MyAccountNeeds): void {
  const { db } = needs

  router.get('/compte/identite', async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    const profile = await getProfile(db, visit.account)
    const typed = { ...fieldsOf(visit, profile), version: String(profile.version) }
    show(ctx, visit, { form: { typed, errors: {} } })
  })

  router.post('/compte/identite', async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    const form = tellsOfWork(visit.standing.account.type)
      ? await readForm(ctx, workingIdentityForm)
      : await readForm(ctx, identityForm)
    const { typed } = form
    const phone = phoneIn(typed)
    if (!form.ok || phone === false) {
      const wrong = phone === false && { telephone: 'my-account.phone.invalid' }
      return show(ctx, visit, {
        form: { typed, errors: { ...(!form.ok && form.errors), ...wrong } },
      })
    }
    const values: Identity = form.values
    const isChanged = await changeIdentity(needs, {
      account: visit.account,
      version: values.version,
      givenName: values.prenom,
      familyName: values.nom,
      told: {
        civility: values.civilite,
        phone,
        street: values.rue,
        postcode: values.code_postal,
        locality: values.localite,
        ...workOf(values),
      },
    })
    if (!isChanged) return showClash(ctx, needs, { visit, typed })
    keepNotice(ctx, 'my-account.identity.saved')
    ctx.status = 303
    ctx.redirect('/compte/identite')
  })
}

/**
 * Read with the postcode beside it, so not by the schema, which takes one field at a time.
 * @returns false when it is no telephone number, null when none was given
 */
function phoneIn({ telephone, code_postal: postcode }: Typed): string | null | false {
  if (typeof telephone !== 'string' || telephone.trim() === '') return null
  return readPhone(telephone, typeof postcode === 'string' ? postcode.trim() : null) ?? false
}

/** Who does not work for themselves leaves what was told of it as it is. */
function workOf({ profession, numero_bce: bce, statut_tva: vat }: Identity): Partial<Profile> {
  if (profession === undefined || bce === undefined) return {}
  return { profession, bce, vat_status: vat ?? null }
}

/** Another tab was first: nothing typed is lost, what holds now stands beside it, and saving again decides. */
async function showClash(
  ctx: Context,
  { db }: Pick<MyAccountNeeds, 'db'>,
  { visit, typed }: { visit: Visit; typed: Typed },
): Promise<void> {
  const profile = await getProfile(db, visit.account)
  const now = fieldsOf(visit, profile)
  const beside = changedFields(typed as Readonly<Record<string, string>>, now).map((field) => [
    field,
    now[field],
  ])
  show(ctx, visit, {
    form: { typed: { ...typed, version: String(profile.version) }, errors: {} },
    beside: Object.fromEntries(beside),
    notice: {
      kind: 'bad',
      text: translate(ctx, 'my-account.identity.clash', {
        name: displayName(visit.standing.account),
      }),
    },
  })
  ctx.status = 409
}

/** What is known, as the form shows it. */
function fieldsOf({ standing }: Visit, profile: Profile): Record<string, string> {
  return {
    civilite: profile.civility ?? '',
    prenom: standing.account.given_name ?? '',
    nom: standing.account.family_name ?? '',
    telephone: profile.phone ? showPhone(profile.phone) : '',
    rue: profile.street ?? '',
    code_postal: profile.postcode ?? '',
    localite: profile.locality ?? '',
    ...(tellsOfWork(standing.account.type) && {
      profession: profile.profession ?? '',
      numero_bce: profile.bce ? formatCompanyNumber(profile.bce) : '',
      statut_tva: profile.vat_status ?? '',
    }),
  }
}

function show(
  ctx: Context,
  visit: Visit,
  page: {
    readonly form: { readonly typed: Typed; readonly errors: Readonly<Record<string, string>> }
    readonly beside?: Readonly<Record<string, string>>
    readonly notice?: object
  },
): void {
  const { account } = visit.standing
  if (Object.keys(page.form.errors).length > 0) ctx.status = 422
  render(ctx, 'my-account/pages/identity.njk', {
    ...accountPage(ctx, visit, 'identity'),
    accountType: account.type,
    language: account.language,
    works: tellsOfWork(account.type),
    beside: {},
    ...page,
  })
}
