import type { Context } from 'koa'
import rawBody from 'raw-body'
import type { z } from 'zod'
import { perRequest } from './per-request.ts'
import { frameProblem } from './problem.ts'
import { BODY_LIMIT, isWellFormed } from './request-limits.ts'

/** What was typed, to be shown again when a field is refused. */
export type Typed = Readonly<Record<string, string | readonly string[]>>

export type FormResult<Values> =
  | { readonly ok: true; readonly values: Values; readonly typed: Typed }
  /** Field → catalogue key of its message. */
  | { readonly ok: false; readonly errors: Readonly<Record<string, string>>; readonly typed: Typed }

const readAlready = perRequest<URLSearchParams>('form fields')

/**
 * The fields of a posted form. Read once per request, whoever asks first.
 *
 * @throws Problem `bad-request` for another content type, invalid UTF-8 or a NUL byte; `too-large`
 */
export async function readFields(ctx: Context): Promise<URLSearchParams> {
  const known = readAlready.find(ctx)
  if (known) return known
  if (!ctx.is('application/x-www-form-urlencoded')) throw frameProblem('bad-request')
  const text = await readText(ctx)
  if (!isWellFormed(text)) throw frameProblem('bad-request')
  const fields = new URLSearchParams(text)
  readAlready.set(ctx, fields)
  return fields
}

/**
 * The body of a request as text, whatever its type.
 *
 * @throws Problem `bad-request` when it breaks off; `too-large`
 */
export async function readText(ctx: Context): Promise<string> {
  try {
    return await rawBody(ctx.req, { limit: BODY_LIMIT, encoding: 'utf8' })
  } catch (cause) {
    const status = (cause as { status?: number }).status
    throw status === 413
      ? frameProblem('too-large', { cause, headers: { connection: 'close' } })
      : frameProblem('bad-request', { cause })
  }
}

/**
 * Holds a posted form against its schema. Fields the schema does not name are ignored, whatever
 * column they imitate; a field sent twice is refused unless named in `many` (check boxes).
 */
export async function readForm<Schema extends z.ZodObject>(
  ctx: Context,
  schema: Schema,
  many: readonly (keyof z.output<Schema> & string)[] = [],
): Promise<FormResult<z.output<Schema>>> {
  const fields = await readFields(ctx)
  const typed: Record<string, string | string[]> = {}
  for (const name of Object.keys(schema.shape)) {
    const values = fields.getAll(name)
    if ((many as readonly string[]).includes(name)) typed[name] = values
    else if (values.length > 1) throw frameProblem('bad-request')
    else if (values[0] !== undefined) typed[name] = values[0]
  }
  const result = schema.safeParse(typed)
  if (result.success) return { ok: true, values: result.data, typed }
  const errors: Record<string, string> = {}
  for (const issue of result.error.issues) {
    const field = String(issue.path[0] ?? '')
    errors[field] ??= issue.message
  }
  return { ok: false, errors, typed }
}
