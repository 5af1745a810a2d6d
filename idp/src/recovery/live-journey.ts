import type { Engine } from '#oidc'

/** A journey by its name, while it lasts; whether it is this browser's, its own pages see to. */
export async function findJourney(
  engine: Engine,
  uid: string | undefined,
): Promise<{ readonly uid: string; readonly client: string } | null> {
  if (uid === undefined) return null
  const interaction = await engine.provider().Interaction.find(uid)
  if (!interaction) return null
  return { uid, client: String(interaction.params['client_id']) }
}
