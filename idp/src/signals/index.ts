export { type Applied, appliedOf, type SiteState } from './applied-store.ts'
