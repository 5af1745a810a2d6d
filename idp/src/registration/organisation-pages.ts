import { formatCompanyNumber, type Typed } from '@myanm/chassis'
import { showPhone } from '#accounts'
import { type Registered, SECTORS, VAT_STATUSES } from '#rules/organisation-data'
import type { Draft } from './organisation-draft-store.ts'
import type { Entry, Numbered } from './organisation-number.ts'

/** The pages of an organisation's registration, whichever of the two doors they are in. */

/** What is said of a number that cannot be registered; undefined when nothing is wrong. */
export const MISTAKES: Readonly<Partial<Record<Numbered['is'], string>>> = {
  'no-number': 'registration.numero_bce.wrong',
  nobody: 'registration.organisation.nobody',
  person: 'registration.organisation.nobody',
  closed: 'registration.organisation.closed',
}

export function numberPage(shown: {
  readonly typed: Typed
  readonly errors: Readonly<Record<string, string>>
  readonly numbered: Numbered | null
}) {
  const { typed, errors, numbered } = shown
  return {
    page: 'organisation-number',
    form: { typed, errors },
    outcome: numbered?.is ?? null,
    known: numbered?.is === 'known' ? numbered : null,
  }
}

/** The form, as it is first seen: what the register says, in the person's language. */
export function proposed(entry: Entry | null): Typed {
  return {
    nom: entry?.name ?? '',
    sigle: entry?.acronym ?? '',
    marchand: entry ? (entry.kind === 'commercial' ? 'oui' : 'non') : '',
    rue: entry?.seat?.street ?? '',
    code_postal: entry?.seat?.postcode ?? '',
    localite: entry?.seat?.locality ?? '',
  }
}

/** The same, as it was filled in before. */
export function typedOf(told: Registered): Typed {
  return {
    nom: told.name,
    sigle: told.acronym ?? '',
    marchand: told.nonprofit ? 'non' : 'oui',
    rue: told.street,
    code_postal: told.postcode,
    localite: told.locality,
    telephone: told.phone ? showPhone(told.phone) : '',
    courriel: told.email ?? '',
    site: told.website ?? '',
    secteurs: told.sectors,
    courriel_facturation: told.billingEmail ?? '',
    regime_tva: told.vatStatus ?? '',
  }
}

export function dataPage(shown: {
  readonly bce: string
  readonly entry: Entry | null
  readonly typed: Typed
  readonly errors: Readonly<Record<string, string>>
}) {
  const { bce, entry, typed, errors } = shown
  return {
    page: 'organisation-data',
    form: { typed, errors },
    number: formatCompanyNumber(bce),
    legalForm: entry?.legalForm ?? null,
    sectors: SECTORS,
    vatStatuses: VAT_STATUSES,
  }
}

export function checkPage(draft: Draft & { readonly told: Registered }, entry: Entry | null) {
  const { told, bce } = draft
  return {
    page: 'organisation-check',
    told: { ...told, phone: told.phone ? showPhone(told.phone) : null },
    number: formatCompanyNumber(bce),
    legalForm: entry?.legalForm ?? null,
  }
}
