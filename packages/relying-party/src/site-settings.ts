import { isLoopback, processSettings, readConfig, secret, url } from '@myanm/chassis'
import { z } from 'zod'

/** What the environment of a site must say. */
export const siteSettings = z.object({
  ...processSettings,
  /** The site's own role and schema; never an administrator's. */
  DATABASE_URL: url(),
  /** MyANM, as its discovery document names it. */
  ISSUER: url().refine(
    (issuer) => issuer.protocol === 'https:' || isLoopback(issuer),
    'https, unless on this very machine',
  ),
  CLIENT_ID: z.string().min(1),
  CLIENT_SECRET: secret(),
  /** Signs form tokens and seals what the session keeps. Another one signs everybody out. */
  SESSION_SECRET: secret(),
  /** Where « Gérer mon compte » leads. */
  ACCOUNT_URL: url(),
})

export type SiteConfig = Readonly<z.output<typeof siteSettings>>

/** @throws ConfigurationError with one line per faulty variable */
export function readSiteConfig(
  environment: Readonly<Record<string, string | undefined>>,
): SiteConfig {
  return readConfig(siteSettings, environment)
}
