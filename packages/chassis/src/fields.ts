import { z } from 'zod'

/** Longer than anything somebody is called or lives at: refused before it is read. */
const LONGEST = 512

/** Reads what was typed; null for what is none of it. */
export type ReadField<Value> = (typed: string) => Value | null

/**
 * The two shapes most fields have, with their words from the catalogue of a room: `<room>.<field>.missing`
 * and `<room>.<field>.wrong`.
 */
export function fieldsOf(room: string) {
  return {
    /** A field one has to fill in (E26), with what is wrong with it otherwise. */
    required<Value>(field: string, read: ReadField<Value>) {
      const missing = `${room}.${field}.missing`
      const wrong = `${room}.${field}.wrong`
      return z
        .string({ error: missing })
        .max(LONGEST, wrong)
        .transform((typed, context): Value => {
          const value = typed.trim() === '' ? null : read(typed)
          if (value !== null) return value
          context.addIssue({ code: 'custom', message: typed.trim() === '' ? missing : wrong })
          return z.NEVER
        })
    },

    /** A field one may leave empty. */
    optional<Value>(field: string, read: ReadField<Value>) {
      const wrong = `${room}.${field}.wrong`
      return z
        .string()
        .max(LONGEST, wrong)
        .default('')
        .transform((typed, context): Value | null => {
          if (typed.trim() === '') return null
          const value = read(typed)
          if (value !== null) return value
          context.addIssue({ code: 'custom', message: wrong })
          return z.NEVER
        })
    },
  }
}

/** One of a few values, as it is. */
export const oneOf =
  <const Value extends string>(values: readonly Value[]): ReadField<Value> =>
  (typed) =>
    values.find((value) => value === typed) ?? null
