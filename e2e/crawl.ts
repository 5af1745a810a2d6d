import { hasNextStep, leakOn, linksOn } from './inspection.ts'
import type { Visitor } from './visitor.ts'

/** Pages of one kind that are worth a visit: the tenth offer is made like the first. */
const OF_A_KIND = 3

/**
 * Follows every link from these addresses on, as this visitor, as long as it stays on our sites.
 *
 * @returns where each visited page was, and one sentence for each page that refuses, leads nowhere or shows a
 *   forgotten value, with the page that leads there
 */
export async function crawl(visitor: Visitor, from: readonly string[]) {
  const cameFrom = new Map<string, string>(from.map((address) => [address, 'the start']))
  const visited: string[] = []
  const faults: string[] = []
  const kinds = new Map<string, number>()
  for (const [address, referrer] of cameFrom) {
    const kind = kindOf(address)
    const seen = kinds.get(kind) ?? 0
    if (seen >= OF_A_KIND) continue
    kinds.set(kind, seen + 1)

    visited.push(address)
    if (isFile(address)) {
      const answer = await visitor.page.request.get(address)
      if (!answer.ok()) faults.push(`${address}, from ${referrer}: answers ${answer.status()}`)
      continue
    }
    await visitor.opens(address)
    const fault = await faultOf(visitor)
    if (fault) faults.push(`${address}, from ${referrer}: ${fault}`)
    for (const link of await linksOn(visitor)) {
      const [page = link] = link.split('#')
      if (!cameFrom.has(page)) cameFrom.set(page, address)
    }
  }
  return { visited, faults }
}

/** What a browser saves instead of showing it. */
const isFile = (address: string): boolean => new URL(address).pathname.endsWith('.json')

async function faultOf(visitor: Visitor): Promise<string | undefined> {
  if (visitor.status >= 400) return `answers ${visitor.status}`
  if (!(await hasNextStep(visitor))) return 'nothing to do next'
  return leakOn(visitor)
}

/** What makes two addresses pages of one kind: the path but for the names and numbers in it. */
function kindOf(address: string): string {
  const { origin, pathname, searchParams } = new URL(address)
  const path = pathname.replaceAll(/[^/]+__\d+/g, '*').replaceAll(/[\w-]{20,}/g, '*')
  return `${origin}${path}?${[...searchParams.keys()].toSorted().join('&')}`
}
