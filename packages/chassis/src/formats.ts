/** `0566988259` → `0566.988.259`, as company numbers are written (specification 4.5). */
export function formatCompanyNumber(number: string): string {
  return number.replace(/^(\d{4})(\d{3})(\d{3})$/, '$1.$2.$3')
}

const DAY = new Intl.DateTimeFormat('fr-BE', {
  timeZone: 'Europe/Brussels',
  day: '2-digit',
  month: '2-digit',
  year: 'numeric',
})

/** jj/mm/aaaa, at the place where the people are (specification 4.6). */
export function formatDay(date: Date): string {
  return DAY.format(date)
}

const PARTS = new Intl.DateTimeFormat('fr-BE', {
  timeZone: 'Europe/Brussels',
  weekday: 'short',
  hour: '2-digit',
  minute: '2-digit',
})

/** `mar 30/03/2021 - 09:00` (specification 4.6). */
export function formatMoment(date: Date): string {
  const parts = Object.fromEntries(
    PARTS.formatToParts(date).map(({ type, value }) => [type, value]),
  )
  const weekday = parts['weekday']?.replace('.', '')
  return `${weekday} ${formatDay(date)} - ${parts['hour']}:${parts['minute']}`
}

const AMOUNT = new Intl.NumberFormat('fr-BE', { style: 'currency', currency: 'EUR' })

/** `1 234,50 €` */
export function formatAmount(euros: number): string {
  return AMOUNT.format(euros)
}
