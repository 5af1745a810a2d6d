import { clientAddress, formatCompanyNumber, readForm, render } from '@myanm/chassis'
import type { Context } from 'koa'
import type { Needs } from '../services.ts'
import { messageForm, searchForm } from './forms.ts'
import { receiveMessage } from './receive-message.ts'
import type { MessageKind } from './rules.ts'

/** Who is in front of the form, as far as that is known. */
export interface Writer {
  readonly account: string | null
  readonly name: string
  readonly email: string
}

/** The organisation somebody writes for, as a member of it. */
export interface WrittenFor {
  readonly id: string
  readonly name: string
  readonly bce: string | null
  /** They lead it: what they write is answered first (M45, P31). */
  readonly isFirst: boolean
}

export const NOBODY: Writer = { account: null, name: '', email: '' }

export interface Letterhead {
  readonly kind: MessageKind
  /** The page of this form. */
  readonly template: string
  readonly props?: object
  readonly writer: Writer
  readonly writtenFor?: WrittenFor | null
  /** What the team reads above what was typed. */
  readonly preface?: string
}

/** Shows the form, filled in with what is known of who writes. */
export function showForm(ctx: Context, head: Letterhead): void {
  const { writer, writtenFor } = head
  const typed = {
    ...{ nom: writer.name, email: writer.email },
    ...(writtenFor && {
      organisme: writtenFor.name,
      bce: formatCompanyNumber(writtenFor.bce ?? ''),
    }),
  }
  render(ctx, head.template, { ...framed(ctx, head), form: { typed, errors: {} } })
}

/** What is around the form, the first time and again. */
function framed(ctx: Context, { props, writtenFor = null }: Letterhead): object {
  const action = writtenFor ? `${ctx.path}?organisme=${writtenFor.id}` : ctx.path
  return { action, writtenFor, ...props }
}

/**
 * Takes the form in. A mistake or a flood shows it again with everything typed in it.
 * @returns the reference of the message; null when the form is shown again
 */
export async function takeForm(
  ctx: Context,
  needs: Needs<'config' | 'db' | 'pool'>,
  head: Letterhead,
): Promise<string | null> {
  const form = await readForm(ctx, head.kind === 'contact' ? messageForm : searchForm)
  const again = (errors: Readonly<Record<string, string>>, status: number) => {
    ctx.status = status
    render(ctx, head.template, { ...framed(ctx, head), form: { typed: form.typed, errors } })
    return null
  }
  if (!form.ok) return again(form.errors, 422)
  const { nom, email, organisme, bce, message } = form.values
  const outcome = await receiveMessage(needs, {
    address: clientAddress(ctx),
    message: {
      kind: head.kind,
      name: nom,
      replyTo: email,
      organisation: organisme ?? null,
      bce: bce ?? null,
      body: [head.preface, message].filter(Boolean).join('\n\n'),
      account: head.writer.account,
      writtenFor: head.writtenFor ?? null,
    },
  })
  if (outcome.received) return outcome.reference
  ctx.set('Retry-After', String(outcome.minutes * 60))
  return again({ message: 'contact.too-many' }, 429)
}
