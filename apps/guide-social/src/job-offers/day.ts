import type { Day } from './content.ts'

const IN_BRUSSELS = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Europe/Brussels',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
})

/** The calendar day it is in Brussels (4.6): offers come and go at midnight there. */
export function dayOf(now: Date): Day {
  return IN_BRUSSELS.format(now)
}

export function addDays(day: Day, days: number): Day {
  const date = new Date(`${day}T00:00:00Z`)
  date.setUTCDate(date.getUTCDate() + days)
  return date.toISOString().slice(0, 10)
}

/** Reads `31/12/2026` as people type it (also with dots, dashes or spaces); null for no such day. */
export function parseDay(typed: string): Day | null {
  const parts = /^(\d{1,2})\s*[/.\- ]\s*(\d{1,2})\s*[/.\- ]\s*(\d{4})$/.exec(typed.trim())
  if (!parts) return null
  const [, day = '', month = '', year = ''] = parts
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  const date = new Date(`${iso}T00:00:00Z`)
  // 31/02 rolls over into March: what comes back is not what was typed.
  const exists = !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === iso
  return exists ? iso : null
}

/** `31/12/2026` (4.6). */
export function formatDay(day: Day): string {
  const [year = '', month = '', date = ''] = day.split('-')
  return `${date}/${month}/${year}`
}

/** `31/12` while it is of this year or less than half a year away: the year goes without saying. */
export function formatNearDay(day: Day, today: Day): string {
  const isNear = day.slice(0, 4) === today.slice(0, 4) || day < addDays(today, 180)
  return isNear ? formatDay(day).slice(0, 5) : formatDay(day)
}
