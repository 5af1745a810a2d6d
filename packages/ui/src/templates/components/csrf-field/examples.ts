import type { Component } from '../../../component.ts'
import type { Csrf } from '../../../page-props.ts'

export const csrfField: Component<[Csrf]> = {
  folder: 'csrf-field',
  macro: 'csrfField',
  examples: { 'in every form of ours': [{ name: 'csrf', value: 'a1b2c3' }] },
}
