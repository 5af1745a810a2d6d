import { runSite } from '@myanm/relying-party'
import { guideSocial } from './app.ts'

await runSite(guideSocial, process.env)
