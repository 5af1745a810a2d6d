/**
 * What a component's `examples.ts` says of it: its macro, and calls that show what it can do. They
 * are its documentation and the input of its tests.
 *
 * `Props` are the macro's arguments, in order.
 */
export interface Component<Props extends readonly unknown[]> {
  /** Folder below `templates/components`. */
  readonly folder: string
  /** Name of the macro in `macro.njk`. */
  readonly macro: string
  /** What it shows → the arguments that show it. */
  readonly examples: Readonly<Record<string, Props>>
}
