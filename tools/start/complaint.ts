import type { Values } from './words.ts'

/** Why `start` cannot go on, in sentences for the person who typed it; anything else thrown is a bug. */
export class Complaint extends Error {
  readonly sentences: readonly { readonly key: string; readonly values: Values }[]

  constructor(key: string, values: Values = {}, others: Complaint['sentences'] = []) {
    super(key)
    this.name = 'Complaint'
    this.sentences = [{ key, values }, ...others]
  }

  static throwAll(complaints: readonly Complaint[]): void {
    const [first, ...others] = complaints.flatMap(({ sentences }) => sentences)
    if (first) throw new Complaint(first.key, first.values, others)
  }
}
