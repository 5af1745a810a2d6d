import { describe, expect, test } from '@jest/globals'
import { checkSenderDomain, domainOf, type TextResolver } from './check-sender-domain.ts'

const answering = (records: Readonly<Record<string, string[][]>>): TextResolver => ({
  resolveTxt: async (name: string) => {
    const found = records[name]
    if (!found) throw Object.assign(new Error('none'), { code: 'ENOTFOUND' })
    return found
  },
})

const check = (records: Readonly<Record<string, string[][]>>, selector?: string) =>
  checkSenderDomain({ domain: 'exemple.be', selector }, answering(records))

describe('the domain our letters come from', () => {
  test('is good when all three are published and mean something', async () => {
    expect(
      await check(
        {
          'exemple.be': [
            ['google-site-verification=x'],
            ['v=spf1 include:_spf.exemple.be ', '-all'],
          ],
          '_dmarc.exemple.be': [['v=DMARC1; p=quarantine; rua=mailto:x@exemple.be']],
          's1._domainkey.exemple.be': [['v=DKIM1; k=rsa; p=MIIB']],
        },
        's1',
      ),
    ).toEqual({ domain: 'exemple.be', spf: 'good', dmarc: 'good', dkim: 'good' })
  })

  test('is weak when they let everything through, twice, or an empty key', async () => {
    expect(
      await check(
        {
          'exemple.be': [['v=spf1 +all'], ['v=spf1 -all']],
          '_dmarc.exemple.be': [['v=DMARC1; p=none']],
          's1._domainkey.exemple.be': [['v=DKIM1; p=']],
        },
        's1',
      ),
    ).toEqual({ domain: 'exemple.be', spf: 'weak', dmarc: 'weak', dkim: 'weak' })
  })

  test('lacks what is not there; what looks alike is not it', async () => {
    expect(await check({ 'exemple.be': [['v=spf10 -all']] })).toEqual({
      domain: 'exemple.be',
      spf: 'missing',
      dmarc: 'missing',
      dkim: null,
    })
  })

  test('is not judged by servers that do not answer', async () => {
    const silent: TextResolver = { resolveTxt: () => new Promise(() => {}) }
    const failing: TextResolver = {
      resolveTxt: async () => {
        throw Object.assign(new Error('no'), { code: 'ESERVFAIL' })
      },
    }
    for (const resolver of [silent, failing]) {
      expect(await checkSenderDomain({ domain: 'exemple.be' }, resolver)).toMatchObject({
        spf: 'unknown',
        dmarc: 'unknown',
      })
    }
  })
})

test.each([
  ['MyANM <ne-pas-repondre@Exemple.be>', 'exemple.be'],
  ['ne-pas-repondre@exemple.be', 'exemple.be'],
])('%s comes from %s', (from, domain) => expect(domainOf(from)).toBe(domain))
