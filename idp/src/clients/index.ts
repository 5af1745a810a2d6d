export { clientBehind } from './client-behind.ts'
export { ensureOwnClient, OWN_CLIENT, RETURN_PATH } from './own-client.ts'
export { hashClientSecret, isOneOfOurSites } from './rules.ts'
export {
  addService,
  allowQuestions,
  type Client,
  listClients,
  listPolicies,
  listServices,
  listSites,
  type Policies,
  refuseQuestions,
  type Service,
} from './store.ts'
