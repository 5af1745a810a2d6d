import { started } from './global-setup.ts'

export default async function globalTeardown(): Promise<void> {
  await started.stop?.()
}
