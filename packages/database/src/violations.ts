/** PostgreSQL's codes for what a constraint refuses. */
const UNIQUE_VIOLATION = '23505'
const CHECK_VIOLATION = '23514'
const FOREIGN_KEY_VIOLATION = '23503'
const DEADLOCK_DETECTED = '40P01'

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

/** Whether what this named foreign key points to has gone. */
export function isForeignKeyViolation(error: unknown, constraint: string): boolean {
  return violates(error, FOREIGN_KEY_VIOLATION, constraint)
}

/** Whether two transactions waited for each other, and this one was ended so that the other goes on. */
export function isDeadlock(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === DEADLOCK_DETECTED
}
