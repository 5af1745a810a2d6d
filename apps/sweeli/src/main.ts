import { runSite } from '@myanm/relying-party'
import { sweeli } from './app.ts'

await runSite(sweeli, process.env)
