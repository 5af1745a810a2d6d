import { Problem, translate } from '@myanm/chassis'
import type { Person } from '@myanm/relying-party'
import type { Context } from 'koa'
import type { Services } from '../services.ts'
import type { Again } from './form-page.ts'

/** What may come between a person and their form without costing them what they typed. */
const SPARED = new Set(['signed-out', 'myanm-away', 'organisation-left'])

export type Sender =
  | { readonly is: 'known'; readonly person: Person }
  | { readonly is: 'unknown'; readonly status: number; readonly again: Again }

/**
 * Who sends this form, as MyANM knows them now. When that cannot be told (the session ended while they
 * typed, MyANM is away), how to show the form again instead of an error page.
 */
export async function senderOf(ctx: Context, { myanm }: Pick<Services, 'myanm'>): Promise<Sender> {
  try {
    return { is: 'known', person: await myanm.freshPerson(ctx) }
  } catch (error) {
    if (!Problem.is(error) || !SPARED.has(error.code)) throw error
    if (ctx.accepts('html', 'json') === 'json') throw error
    return { is: 'unknown', status: error.status, again: againAfter(ctx, myanm, error) }
  }
}

function againAfter(ctx: Context, myanm: Services['myanm'], problem: Problem): Again {
  const { code, values } = problem
  if (code !== 'signed-out') {
    return {
      heading: translate(ctx, 'job-offers.form.not-saved'),
      text: translate(ctx, `problem.${code}.text`, values),
    }
  }
  return {
    heading: translate(ctx, 'job-offers.form.session-over.heading'),
    text: translate(ctx, 'job-offers.form.session-over.text'),
    link: {
      text: translate(ctx, 'job-offers.form.session-over.link'),
      href: myanm.signInUrl('/connecte'),
      elsewhere: true,
    },
  }
}
