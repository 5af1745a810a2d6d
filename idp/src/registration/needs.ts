import type { JourneyNeeds } from '#journeys'
import type { Needs } from '../services.ts'

export type RegistrationNeeds = JourneyNeeds &
  Needs<'passwords' | 'attempts' | 'secrets' | 'pool' | 'statements'> & {
    readonly limits: RegistrationLimits
  }

export interface RegistrationLimits {
  /** Counts one more from an address; null, or the minutes to wait. */
  take(address: string): Promise<number | null>
  /** Whether another mail may go to this mailbox, whoever asks for it. */
  mayWriteTo(email: string): Promise<boolean>
  /** Whether this account may register another organisation today. */
  mayRegisterOrganisation(account: string): Promise<boolean>
}
