import type { Question } from './question.ts'
import { type Customer, opennessOf, type Service } from './services.ts'

/**
 * Whether a service that the action is part of is open, and which one is missing when one is meant.
 */
export type Access =
  | { readonly open: true; readonly within?: 'sector' }
  | { readonly open: false; readonly service?: Service }

/**
 * The first half of M40. A target may name the service it is part of; without, one open is enough.
 */
export function accessTo(
  question: Question,
  customer: Customer,
  legalForm: string | null = null,
): Access {
  const { services } = question.bounds
  if (services.length === 0) return { open: true }
  const meant = question.target.service
  const candidates = meant === undefined ? services : services.filter((one) => one === meant)
  const doors = candidates.map((service) => opennessOf(service, customer, legalForm))
  if (doors.includes('open')) return { open: true }
  if (doors.includes('sector')) return { open: true, within: 'sector' }
  const service = meant ?? (services.length === 1 ? services[0] : undefined)
  return { open: false, ...(service && { service }) }
}
