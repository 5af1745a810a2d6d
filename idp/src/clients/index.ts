export { clientBehind } from './client-behind.ts'
export { ensureOwnClient, OWN_CLIENT, RETURN_PATH } from './own-client.ts'
export { hashClientSecret, isOneOfOurSites } from './rules.ts'
export { type Client, listClients, listPolicies, listSites, type Policies } from './store.ts'
