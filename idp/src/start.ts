import { serve } from '@myanm/chassis'
import { createApp } from './app.ts'
import { startBackgroundWork } from './background-work.ts'
import type { Config } from './config.ts'
import { type Services, type Substitutes, startServices } from './services.ts'

export interface RunningIdp {
  readonly port: number
  readonly services: Services
  /** Ends in order: no new requests, those in progress, the jobs in progress, the connections. */
  stop(): Promise<void>
}

/** Starts MyANM: connections, engine, job worker, then the doors. */
export async function startIdp(config: Config, substitutes: Substitutes = {}): Promise<RunningIdp> {
  const services = await startServices(config, substitutes)
  try {
    const { app, catalogue } = createApp(services)
    const worker = await startBackgroundWork(services, catalogue)
    const server = await serve(app, { port: config.PORT, host: config.HOST })
    return {
      port: server.port,
      services,
      stop: async () => {
        await server.stop()
        await worker.stop()
        await services.close()
      },
    }
  } catch (error) {
    await services.close()
    throw error
  }
}
