import { started } from './global-setup.ts'

export default async function globalTeardown(): Promise<void> {
  const { stop } = started
  delete started.stop
  await stop?.()
}
