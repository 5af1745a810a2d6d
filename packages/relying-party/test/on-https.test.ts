import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Stage, setStage } from './stage/stage.ts'

describe('a site on https, behind a proxy', () => {
  let stage: Stage

  beforeAll(async () => {
    stage = await setStage({ publicUrl: new URL('https://monasbl.example') })
  }, 60_000)
  afterAll(() => stage.clear())

  /** What the proxy sends on, in clear, for this public address. */
  const get = (path: string) =>
    new Promise<{ status: number; location: string; cookies: string[] }>((resolve, reject) => {
      request(
        { host: '127.0.0.1', port: stage.port, path, headers: { host: 'monasbl.example' } },
        (response) => {
          response.resume()
          resolve({
            status: response.statusCode ?? 0,
            location: response.headers.location ?? '',
            cookies: response.headers['set-cookie'] ?? [],
          })
        },
      )
        .on('error', reject)
        .end()
    })

  test('has cookies that no other host can set or read', async () => {
    const { status, location, cookies } = await get('/connexion')
    expect(status).toBe(303)
    expect(new URL(location).searchParams.get('redirect_uri')).toBe(
      'https://monasbl.example/retour',
    )
    expect(cookies).toHaveLength(1)
    expect(cookies[0]).toMatch(/^__Host-connexion=[\w-]{43}; /)
    expect(cookies[0]).toMatch(/; path=\/(;|$)/i)
    expect(cookies[0]).toMatch(/; secure/i)
    expect(cookies[0]).toMatch(/; httponly/i)
    expect(cookies[0]).toMatch(/; samesite=lax/i)
    expect(cookies[0]).not.toMatch(/domain/i)
  })

  test('sends nobody to its own address in clear', async () => {
    expect((await get('/prive')).location).toBe('https://monasbl.example/connexion?retour=%2Fprive')
  })
})
