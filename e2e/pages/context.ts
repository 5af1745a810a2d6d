import type { Visitor } from '../visitor.ts'

/** « Pour qui agissez-vous ? »: an organisation by its name, or « En mon nom ». */
export async function choosesToActFor(visitor: Visitor, name: string): Promise<void> {
  await visitor.sees('Pour qui agissez-vous ?')
  await visitor.presses(name)
}
