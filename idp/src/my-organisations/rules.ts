import { type ActionKey, type Decision, outlook, type Person, type Role } from '@myanm/permissions'
import { PLACES, type Place } from '#rules/memberships'

/** One thing done for an organisation, as somebody in it stands to it. */
export interface Doing {
  readonly action: ActionKey
  /** How far it goes, when it does not go all the way. */
  readonly extent: string | null
}

export interface Doings {
  readonly may: readonly { readonly place: Place; readonly actions: readonly Doing[] }[]
  /** What a higher role opens, by the least that does, the nearest first. */
  readonly higher: readonly { readonly role: Role; readonly actions: readonly ActionKey[] }[]
}

/** What somebody may do for the organisation they act for, and what another role would add (5.3). */
export function doingsOf(actor: Person): Doings {
  const places = Object.keys(PLACES) as Place[]
  const judged = places.flatMap((place) =>
    PLACES[place].map((action) => ({ place, action, decision: outlook(actor, action) })),
  )
  const may = places
    .map((place) => ({
      place,
      actions: judged
        .filter((one) => one.place === place && one.decision.allowed)
        .map(({ action, decision }) => ({ action, extent: extentOf(decision) })),
    }))
    .filter(({ actions }) => actions.length > 0)
  const opened = Map.groupBy(judged, ({ decision }) => roleFor(decision))
  const higher = (['COLLABORATEUR', 'RESPONSABLE', 'GESTIONNAIRE'] as const)
    .map((role) => ({ role, actions: (opened.get(role) ?? []).map(({ action }) => action) }))
    .filter(({ actions }) => actions.length > 0)
  return { may, higher }
}

const extentOf = (decision: Decision): string | null =>
  decision.allowed ? (decision.extent ?? null) : null

const roleFor = (decision: Decision): Role | null =>
  !decision.allowed && decision.because === 'role-too-low' ? (decision.needs?.role ?? null) : null
