import type { Component } from './component.ts'
import { action } from './templates/components/action/examples.ts'
import { actionLink } from './templates/components/action-link/examples.ts'
import { card } from './templates/components/card/examples.ts'
import { choiceList } from './templates/components/choice-list/examples.ts'
import { csrfField } from './templates/components/csrf-field/examples.ts'
import { emptyState } from './templates/components/empty-state/examples.ts'
import { errorSummary } from './templates/components/error-summary/examples.ts'
import { mark } from './templates/components/mark/examples.ts'
import { notice } from './templates/components/notice/examples.ts'
import { postButton } from './templates/components/post-button/examples.ts'
import { roleTag } from './templates/components/role-tag/examples.ts'
import { siteStrip } from './templates/components/site-strip/examples.ts'
import { tag } from './templates/components/tag/examples.ts'

/** Every component of ours with its examples. */
export const gallery: readonly Component<readonly unknown[]>[] = [
  action,
  actionLink,
  card,
  choiceList,
  csrfField,
  emptyState,
  errorSummary,
  mark,
  notice,
  postButton,
  roleTag,
  siteStrip,
  tag,
]
