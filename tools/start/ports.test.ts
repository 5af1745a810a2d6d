import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { Complaint } from './complaint.ts'
import { readPorts, requireFree } from './ports.ts'
import { say } from './words.ts'

describe('the ports of the scene', () => {
  test('are the known ones unless the environment says otherwise', () => {
    expect(readPorts({ SWEELI_PORT: '4003', BILAN_PORT: '' })).toEqual({
      myanm: 3000,
      'guide-social': 3001,
      monasbl: 3002,
      sweeli: 4003,
      bilan: 3004,
      mailbox: 3005,
      smtp: 3025,
    })
  })

  test('a wrong or doubled number is named, all at once', () => {
    expect(() =>
      readPorts({ MYANM_PORT: 'abc', BILAN_PORT: '3001', SWEELI_PORT: '70000' }),
    ).toThrow(
      expect.objectContaining({
        sentences: [
          { key: 'port.not-a-port', values: { variable: 'MYANM_PORT', given: 'abc' } },
          { key: 'port.not-a-port', values: { variable: 'SWEELI_PORT', given: '70000' } },
          expect.objectContaining({ key: 'port.twice' }),
        ],
      }),
    )
  })

  test('a taken one is told with what it was for and what to set', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const ports = { ...readPorts({}), monasbl: port }
    const complaint: unknown = await requireFree(ports).catch((error: unknown) => error)
    other.close()
    expect(complaint).toBeInstanceOf(Complaint)
    const told = (complaint as Complaint).sentences.map(({ key, values }) => say(key, values))
    expect(told).toContainEqual(
      `Le port ${port}, prévu pour MonASBL, est déjà pris par un autre programme : arrêtez-le, ou choisissez un autre port, par exemple avec MONASBL_PORT=${port + 100}`,
    )
  }, 20_000)
})
