import { runSite } from '@myanm/relying-party'
import { bilan } from './app.ts'

await runSite(bilan, process.env)
