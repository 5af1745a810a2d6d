import { fileURLToPath } from 'node:url'
import { connect } from '@myanm/database'
import { importRegister, latestExtract } from '#register'
import type { Tables } from '../tables.ts'

/** Made-up files of the register: a full one, and the update that follows it. */
export const REGISTER_EXTRACT = fileURLToPath(new URL('register/extract', import.meta.url))
export const REGISTER_UPDATE = fileURLToPath(new URL('register/update', import.meta.url))

/** Gives the scene a register to look numbers up in; a register that is there already stays. */
export async function seedRegister(scene: { readonly databaseUrl: URL }): Promise<void> {
  const database = connect<Tables>({ url: scene.databaseUrl, name: 'scene-register', max: 1 })
  try {
    await database.db.connection().execute(async (db) => {
      if ((await latestExtract(db)) !== null) return
      const listener = { progress: () => {}, rejected: () => {} }
      await importRegister(db, { path: REGISTER_EXTRACT, listener })
    })
  } finally {
    await database.close()
  }
}
