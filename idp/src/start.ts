import { serve } from '@myanm/chassis'
import { type ReportDoor, receiveReports } from '#mail'
import { keySeal } from '#oidc'
import { deliverSignals, type SignalDelivery } from '#signals'
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

/** The door for reports about mails, where an installation has one. */
async function startReportDoor(services: Services): Promise<ReportDoor | null> {
  const { BOUNCE_SMTP_PORT: port, HOST: host } = services.config
  return port === undefined ? null : await receiveReports(services, { host, port })
}

/** Who tells the sites of changes of rights. */
function startSignals({ config, db, log, subjectOf }: Services): Promise<SignalDelivery> {
  return deliverSignals({
    db,
    log,
    subjectOf,
    databaseUrl: config.DATABASE_URL,
    issuer: config.PUBLIC_URL,
    seal: keySeal(config.KEY_ENCRYPTION_KEY),
  })
}

/** Starts MyANM: connections, engine, job worker, signals, then the doors. */
export async function startIdp(config: Config, substitutes: Substitutes = {}): Promise<RunningIdp> {
  const services = await startServices(config, substitutes)
  try {
    const { app, catalogue } = createApp(services)
    const worker = await startBackgroundWork(services, catalogue)
    const signals = await startSignals(services)
    const reports = await startReportDoor(services)
    const server = await serve(app, { port: config.PORT, host: config.HOST })
    return {
      port: server.port,
      services,
      stop: async () => {
        await server.stop()
        await reports?.stop()
        await Promise.all([worker.stop(), signals.stop()])
        await services.close()
      },
    }
  } catch (error) {
    await services.close()
    throw error
  }
}
