export { hashClientSecret, isOneOfOurSites } from './rules.ts'
export { type Client, listClients, listPolicies, listSites, type Policies } from './store.ts'
