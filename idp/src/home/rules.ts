import type { Standing } from '#accounts'

/** « Mon bilan en ligne » is shown to those who have a role there only (M3); the others to everybody. */
export function concerns(site: string, standing: Standing | null): boolean {
  return site !== 'bilan' || (standing?.account.app_roles?.['bilan']?.length ?? 0) > 0
}
