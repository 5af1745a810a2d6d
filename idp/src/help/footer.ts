import { translate } from '@myanm/chassis'
import type { Context } from 'koa'
import { LEGAL_PAGES } from './rules.ts'

/** What stands below every page of MyANM: help, the team, and what the law asks for. */
export function footerLinks(ctx: Context): readonly { text: string; href: string }[] {
  return [
    { text: translate(ctx, 'help.footer.help'), href: '/aide' },
    { text: translate(ctx, 'help.footer.contact'), href: '/contact' },
    ...LEGAL_PAGES.map(({ key, path }) => ({
      text: translate(ctx, `help.${key}.title`),
      href: path,
    })),
  ]
}
