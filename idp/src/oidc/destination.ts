import type { Engine } from './engine.ts'
import type { Destination } from './rules.ts'

/**
 * The site of this name, as far as one can be led back to it; null for a name nobody has registered. An
 * address may carry the name of a site: where that is stands in its registration only (F31).
 */
export async function findDestination(
  engine: Engine,
  clientId: string,
): Promise<(Destination & { readonly name: string }) | null> {
  const isName = /^[a-z\d-]{2,63}$/.test(clientId)
  const client = isName ? await engine.provider().Client.find(clientId) : undefined
  if (!client) return null
  return {
    clientId,
    name: client.clientName ?? clientId,
    homeUri: (client['homeUri'] as string | undefined) ?? null,
    redirectUris: client.redirectUris ?? [],
  }
}
