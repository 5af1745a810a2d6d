export {
  type Attached,
  type AttachmentPreview,
  attachLegacy,
  previewAttachment,
} from './attach.ts'
export {
  countLegacyConflicts,
  type LegacyConflict,
  listLegacyConflicts,
  settleLegacyConflict,
} from './conflict-store.ts'
export { type ImportReport, importLegacy, type Progress } from './import.ts'
export { UnreadableFile } from './read-file.ts'
export { openReport } from './report-files.ts'
export type { PlacedLine, PlanLine } from './report-store.ts'
export { type Cohort, listOrigins, type Origin, readCohort } from './store.ts'
export { type Say, sayInFrench, sayReport, showProgress } from './tell.ts'
