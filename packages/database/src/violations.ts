/** PostgreSQL's codes for what a constraint refuses. */
const UNIQUE_VIOLATION = '23505'
const CHECK_VIOLATION = '23514'

function violates(error: unknown, code: string, constraint: string): boolean {
  if (typeof error !== 'object' || error === null) return false
  const { code: given, constraint: name } = error as { code?: unknown; constraint?: unknown }
  return given === code && name === constraint
}

/** Whether this named unique constraint refused the row: the only way to lose a race politely. */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  return violates(error, UNIQUE_VIOLATION, constraint)
}

export function isCheckViolation(error: unknown, constraint: string): boolean {
  return violates(error, CHECK_VIOLATION, constraint)
}
