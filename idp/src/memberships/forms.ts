import { ROLES } from '@myanm/permissions'
import { z } from 'zod'
import { ANSWERS } from './review-rules.ts'
import { GIVEN_ROLES, isIdentifier, readLastDay } from './rules.ts'

/** The role the page showed, for the decision to be about that one. */
const seen = z.enum(ROLES, { error: 'memberships.role.missing' })

/** Another role, maybe for a time. @param today the first day it may end on */
export const roleForm = (today: string) =>
  z.object({
    role: z.enum(GIVEN_ROLES, { error: 'memberships.role.missing' }),
    jusqu_au: z
      .string()
      .max(40, 'memberships.last-day.invalid')
      .default('')
      .transform((typed, context): string | null => {
        if (typed.trim() === '') return null
        const read = readLastDay(typed, today)
        if ('day' in read) return read.day
        context.addIssue({ code: 'custom', message: `memberships.last-day.${read.refused}` })
        return z.NEVER
      }),
  })

export const confirmedRoleForm = (today: string) => roleForm(today).extend({ vu: seen })

export const removalForm = z.object({ vu: seen })

export const nothingForm = z.object({})

export const reviewForm = z.object({
  membre: z
    .string({ error: 'memberships.role.missing' })
    .refine(isIdentifier, 'memberships.role.missing'),
  decision: z.enum(ANSWERS, { error: 'memberships.role.missing' }),
  vu: seen,
})
