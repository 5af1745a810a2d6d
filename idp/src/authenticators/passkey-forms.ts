import { z } from 'zod'

/** Longest part of an answer that is read: a key with its certificate takes a few thousand. */
const LONGEST = 20_000

const bytes = z
  .string()
  .max(LONGEST)
  .regex(/^[\w-]*$/)
const known = z.object({}).loose().default({})

/** What `credential.toJSON()` gives after signing in (WebAuthn §5.1.3). */
const assertion = z.object({
  id: bytes.min(1),
  rawId: bytes.min(1),
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: bytes,
    authenticatorData: bytes,
    signature: bytes,
    userHandle: bytes.nullish(),
  }),
  clientExtensionResults: known,
})

/** The same after making a passkey. */
const attestation = z.object({
  id: bytes.min(1),
  rawId: bytes.min(1),
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: bytes,
    attestationObject: bytes,
    transports: z.array(z.string().max(32)).max(8).default([]),
  }),
  clientExtensionResults: known,
})

export type Assertion = z.output<typeof assertion>
export type Attestation = z.output<typeof attestation>

/** Reads what a script put into a form; null for anything that is not the answer of an authenticator. */
export const readAssertion = (text: string): Assertion | null => read(assertion, text)
export const readAttestation = (text: string): Attestation | null => read(attestation, text)

function read<Value>(schema: z.ZodType<Value>, text: string): Value | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    // JSON.parse has one way to fail: the text is not JSON.
    return null
  }
}
