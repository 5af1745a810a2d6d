import { runSite } from '@myanm/relying-party'
import { monasbl } from './app.ts'

await runSite(monasbl, process.env)
