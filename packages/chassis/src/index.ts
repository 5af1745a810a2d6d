export { answer, isDatabaseAway } from './boundary.ts'
export { clientAddress } from './canonical-request.ts'
export { type Catalogue, type Language, readCatalogue, type Translate } from './catalogue.ts'
export {
  ConfigurationError,
  isHttps,
  isLoopback,
  origin,
  port,
  processSettings,
  readConfig,
  Secret,
  secret,
  url,
} from './config.ts'
export { CSRF_FIELD, csrfToken, ownForms } from './csrf.ts'
export { fieldsOf, oneOf, type ReadField } from './fields.ts'
export { type FormResult, readFields, readForm, readText, type Typed } from './form.ts'
export { formatAmount, formatCompanyNumber, formatDay, formatMoment } from './formats.ts'
export { createFrame, type Frame } from './frame.ts'
export type { FrameOptions, Site } from './frame-options.ts'
export { failToStart, runUntilStopped } from './lifetime.ts'
export { createLog, type Log } from './log.ts'
export { render, translate } from './pages.ts'
export { type PerRequest, perRequest } from './per-request.ts'
export {
  FRAME_PROBLEMS,
  frameProblem,
  type MessageValues,
  Problem,
  type ProblemDetails,
  problems,
  type Way,
} from './problem.ts'
export { isWellFormed } from './request-limits.ts'
export { referenceOf } from './request-log.ts'
export { allowFormAction } from './security-headers.ts'
export { type Running, serve } from './serve.ts'
export { createTemplates } from './templates.ts'
