import { origin, port, processSettings, secret, url } from '@myanm/chassis'
import { z } from 'zod'

/** What an installation may leave out, or empty. */
const whereGiven = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .literal('')
    .transform(() => undefined)
    .or(schema)
    .optional()

/** Everything the environment must say to MyANM. */
export const settings = z.object({
  ...processSettings,
  /** The issuer of every token: the public address itself. */
  PUBLIC_URL: origin(),
  /** The role of this service; it sees no other schema. */
  DATABASE_URL: url(),
  /** Signs cookies and form tokens. */
  COOKIE_KEY: secret(),
  /** Seals the private signing keys at rest. */
  KEY_ENCRYPTION_KEY: secret(),
  /** Makes a person’s name at one sector unlinkable to that at another. Never changes. */
  PAIRWISE_SALT: secret(),
  SMTP_URL: url(),
  /** Takes over while the first is away. */
  SMTP_SECOND_URL: whereGiven(url()),
  MAIL_FROM: z.string().min(3),
  /** Where reports of letters that did not arrive come in, over SMTP; nowhere when absent. */
  BOUNCE_SMTP_PORT: whereGiven(port()),
  /** The right side of the addresses such reports go to; its MX leads to that port. */
  BOUNCE_DOMAIN: whereGiven(z.hostname()),
})

export type Config = Readonly<z.output<typeof settings>>
