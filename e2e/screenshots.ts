import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { launchBrowser } from '@myanm/testing/browser'
import startPostgres from '@myanm/testing/global-setup'
import stopPostgres from '@myanm/testing/global-teardown'
import type { Browser } from 'playwright-core'
import { choosesToActFor } from './pages/context.ts'
import { writesOffer } from './pages/offer-form.ts'
import { giveLogin, givePassword } from './pages/sign-in.ts'
import { openScene, type Scene } from './scene.ts'
import {
  cannotEnterYet,
  isInvited,
  joins,
  leadsTeam,
  registersOrganisation,
  takesOver,
} from './team-walks.ts'
import { Visitor } from './visitor.ts'
import {
  asksForHelp,
  cannotLeave,
  claimsOldAccount,
  getsBackIn,
  managesAccount,
  registers,
  works,
} from './walks.ts'

/** As wide as the sketches of the look. */
const SIZES = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1180, height: 820 },
} as const

/** The ways through the pages of an account. */
const WALKS = [
  registers,
  getsBackIn,
  claimsOldAccount,
  asksForHelp,
  managesAccount,
  cannotLeave,
  works,
  cannotEnterYet,
  leadsTeam,
  isInvited,
  joins,
  registersOrganisation,
  takesOver,
]

export interface Exhibition {
  readonly directory: string
  /** Day or night. */
  readonly light: 'light' | 'dark'
  /** Told each picture once it is taken. */
  readonly onPicture: (file: string) => void
}

/** Takes pictures of the main pages, on a phone and on a desk. */
export async function takeScreenshots(exhibition: Exhibition): Promise<void> {
  await mkdir(exhibition.directory, { recursive: true })
  await startPostgres()
  try {
    const browser = await launchBrowser()
    for (const size of ['phone', 'desktop'] as const) {
      // A scene for each: on these walks people change what they are.
      await using scene = await openScene()
      await walk({ scene, browser, size, ...exhibition })
    }
    await browser.close()
  } finally {
    await stopPostgres()
  }
}

type Walk = Exhibition & {
  readonly scene: Scene
  readonly browser: Browser
  readonly size: keyof typeof SIZES
}

async function walk({ scene, browser, size, directory, light, onPicture }: Walk): Promise<void> {
  const arrive = async () => {
    const viewport = SIZES[size]
    return Visitor.arrive(
      await browser.newContext({ locale: 'fr-BE', viewport, colorScheme: light }),
    )
  }
  const picture = async ({ page }: Visitor, name: string) => {
    const file = join(directory, `${name}-${size}${light === 'dark' ? '-dark' : ''}.png`)
    await page.screenshot({ path: file, fullPage: true })
    onPicture(file)
  }
  const onGuideSocial = (path: string) => scene.address('guide-social', path)

  const visitor = await arrive()
  for (const site of ['myanm', 'guide-social', 'monasbl', 'sweeli', 'bilan'] as const) {
    await visitor.opens(scene.address(site))
    await picture(visitor, `home-${site}`)
  }
  await visitor.opens(onGuideSocial('/emplois'))
  await picture(visitor, 'offers')
  await visitor.follows('Éducateur·rice')
  await picture(visitor, 'offer')
  await visitor.opens(onGuideSocial('/aide/publier'))
  await picture(visitor, 'help')
  await visitor.opens(onGuideSocial('/nulle-part'))
  await picture(visitor, 'not-found')
  await visitor.opens(scene.address('mailbox'))
  await picture(visitor, 'mailbox')

  const multi = await arrive()
  const { login, password } = scene.somebody('multi')
  await multi.opens(onGuideSocial('/mes-annonces'))
  await picture(multi, 'sign-in')
  await giveLogin(multi, login)
  await picture(multi, 'sign-in-password')
  await givePassword(multi, 'pas celui-ci')
  await picture(multi, 'sign-in-mistake')
  await givePassword(multi, password)
  await picture(multi, 'choose-organisation')
  await choosesToActFor(multi, 'Les Tilleuls ASBL')
  await picture(multi, 'my-offers')
  await multi.opens(onGuideSocial('/publier/emploi'))
  await picture(multi, 'publish')
  await multi.presses('Publier maintenant')
  await picture(multi, 'publish-mistakes')
  await writesOffer(multi, 'Logopède, centre de jour de Namur')
  await multi.presses('Voir l’aperçu')
  await picture(multi, 'preview')
  await multi.opens(scene.address('myanm', '/compte'))
  await picture(multi, 'account')
  await multi.opens(scene.address('bilan', '/mon-espace'))
  await picture(multi, 'consent')
  await multi.opens(scene.address('monasbl', '/deconnexion'))

  const reader = await arrive()
  await reader.opens(scene.address('monasbl', '/mon-espace'))
  await reader.signsInAs(scene.somebody('lecteur'))
  await picture(reader, 'my-space')
  await reader.opens(onGuideSocial('/publier/emploi'))
  await picture(reader, 'refusal')
  await reader.opens(onGuideSocial('/deconnexion'))
  await picture(reader, 'sign-out')
  await reader.presses('Se déconnecter de tous les sites')
  await picture(reader, 'signed-out')
  await Promise.all([visitor, multi, reader].map((one) => one.goesHome()))
  for (const way of WALKS) {
    const walker = await arrive()
    await way(scene, walker, (name) => picture(walker, name))
    await walker.goesHome()
  }
}
