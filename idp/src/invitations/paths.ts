import type { Context } from 'koa'

export const teamPath = (organisation: string): string =>
  `/organismes/${organisation}/equipe/inviter`

export const linkPath = (token: string): string => `/invitation/${token}`

export function seeOther(ctx: Context, path: string): void {
  ctx.status = 303
  ctx.redirect(path)
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

/** An identifier in an address; null when it is none. */
export const asId = (text: unknown): string | null =>
  typeof text === 'string' && UUID.test(text) ? text : null
