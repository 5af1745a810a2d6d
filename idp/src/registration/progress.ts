import type { Journey } from '#journeys'
import type { Engine } from '#oidc'

/** How far a registration has come in one journey. Kept with it, so bound to its browser. */
interface Progress {
  readonly registration?: string
  /** Of another journey: whoever is here has given its password. */
  readonly resumed?: { readonly registration: string; readonly at: number }
  /** Number of the organisation it is about, as long as the person is not registered. */
  readonly number?: string
  readonly confirmed?: { readonly account: string; readonly at: number }
}

/** How long it is remembered that somebody gave a password, as of those who stand halfway. */
const HALFWAY = 15 * 60_000

/** How long the way back to the site stays open after the confirmation, in milliseconds. */
const PATIENCE = 10 * 60_000

type Interaction = Journey['interaction']

const progressOf = (interaction: Interaction): Progress =>
  (interaction.result as { registering?: Progress } | undefined)?.registering ?? {}

async function keep(interaction: Interaction, registering: Progress): Promise<void> {
  interaction.result = { ...interaction.result, registering: { ...registering } }
  await interaction.persist()
}

/** The registration filled in on this journey. */
export function registrationOf(journey: Journey): string | null {
  return progressOf(journey.interaction).registration ?? null
}

export async function keepRegistration(journey: Journey, registration: string): Promise<void> {
  if (registrationOf(journey) === registration && numberOf(journey) === null) return
  await keep(journey.interaction, { registration })
}

export async function keepResumed(
  journey: Journey,
  resumed: { readonly registration: string; readonly now: Date },
): Promise<void> {
  const { registration, now } = resumed
  await keep(journey.interaction, { resumed: { registration, at: now.getTime() } })
}

/** The registration whose password somebody has just given on this journey. */
export function resumedOf(journey: Journey, now: Date): string | null {
  const { resumed } = progressOf(journey.interaction)
  return resumed && now.getTime() - resumed.at <= HALFWAY ? resumed.registration : null
}

/**
 * Notes that the address was confirmed in the browser of this journey, from a page its cookie is not
 * sent to.
 * @returns false when the journey has ended meanwhile
 */
export async function keepConfirmed(
  engine: Engine,
  journey: string,
  confirmed: { readonly account: string; readonly now: Date },
): Promise<boolean> {
  const interaction = await engine.provider().Interaction.find(journey)
  if (!interaction || interaction.result?.['login']) return false
  const { account, now } = confirmed
  await keep(interaction, { confirmed: { account, at: now.getTime() } })
  return true
}

/** Who has just confirmed their address in this browser, on this journey. */
export function confirmedOf(journey: Journey, now: Date): string | null {
  const { confirmed } = progressOf(journey.interaction)
  return confirmed && now.getTime() - confirmed.at <= PATIENCE ? confirmed.account : null
}

/** The number given on this journey, before the person has told who they are. */
export function numberOf(journey: Journey): string | null {
  return progressOf(journey.interaction).number ?? null
}

export async function keepNumber(journey: Journey, number: string): Promise<void> {
  const { registration } = progressOf(journey.interaction)
  await keep(journey.interaction, { ...(registration !== undefined && { registration }), number })
}
