import { isDeadlock, isForeignKeyViolation, isUniqueViolation } from '@myanm/database'

const MOST = 6

/** What two who register the same thing at once run into: whoever is second looks again. */
function wasOvertaken(error: unknown): boolean {
  return (
    isUniqueViolation(error, 'account_email_key') ||
    isUniqueViolation(error, 'account_login_key') ||
    isUniqueViolation(error, 'account_identifier_pkey') ||
    isUniqueViolation(error, 'registration_fills') ||
    isForeignKeyViolation(error, 'registration_account_id_fkey') ||
    isDeadlock(error)
  )
}

/**
 * Does a transaction again when somebody was faster: the constraints decide, not a look beforehand
 * (yardsticks F27, ASVS 15.4.2).
 */
export async function untilSettled<Value>(
  attempt: () => Promise<Value>,
  isSettled: (value: Value) => boolean = () => true,
): Promise<Value> {
  for (let left = MOST; ; left -= 1) {
    try {
      const value = await attempt()
      if (isSettled(value) || left === 1) return value
    } catch (error) {
      if (left === 1 || !wasOvertaken(error)) throw error
    }
  }
}
