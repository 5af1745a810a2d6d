import { beginFlow, discover, PASSWORD, type TestIdp } from '@myanm/testing'
import type { Browser, Page } from 'playwright-core'

/** As a phone shows it, and finer. */
const PHONE = { viewport: { width: 400, height: 800 }, deviceScaleFactor: 1.5 }

/** What a picture is called, its bytes, and how large it is shown. */
export interface Taken {
  readonly name: string
  readonly picture: Buffer
  readonly width: number
  readonly height: number
}

/** In the place of a link that was true where the picture was taken. */
const EXAMPLE = 'https://myanm.exemple.be/mot-de-passe/…'

type Keep = (taken: Taken) => Promise<void>

/** Walks through what the help pages explain, as somebody of the scene, and keeps what is seen. */
export async function takePictures(
  { myanm, browser }: { readonly myanm: TestIdp; readonly browser: Browser },
  keep: Keep,
): Promise<void> {
  const context = await browser.newContext({ locale: 'fr-BE', colorScheme: 'light', ...PHONE })
  const page = await context.newPage()
  const at = (path: string) => new URL(path, myanm.issuer).href
  const comeFromGuideSocial = async () => {
    const flow = await beginFlow(await discover(myanm.issuer, 'guide-social'))
    await page.goto(flow.url.href)
  }
  const card = (name: string) => keepElement(page, { name, selector: 'main .card--form' }, keep)

  await comeFromGuideSocial()
  await card('login')
  await type(page, 'identifiant', 'multi')
  await card('password')
  await type(page, 'mot_de_passe', PASSWORD)
  await card('context')

  await context.clearCookies()
  await comeFromGuideSocial()
  await type(page, 'identifiant', 'ancien')
  await card('first-sign-in')
  const letter = await letterTo(myanm, 'ancien')
  // On a page of its own: ours let no style of a letter through.
  const mail = await context.newPage()
  await mail.setContent(letter.html.replaceAll(/http:[\w/:]+\/mot-de-passe\/[\w.-]+/g, EXAMPLE))
  await keepElement(mail, { name: 'letter', selector: 'body' }, keep)
  await mail.close()
  await type(page, 'code', /^\s*(\d{4} \d{4})\s*$/m.exec(letter.text)?.[1] ?? '')
  await card('first-password')

  await context.clearCookies()
  await comeFromGuideSocial()
  const journey = new URL(page.url()).pathname.split('/')[2]
  await page.goto(at(`/mot-de-passe/oublie?etape=${journey}`))
  await card('forgotten')
  await type(page, 'identifiant', 'lecteur@exemple.be')
  await card('sent')
  const link = (await letterTo(myanm, 'lecteur')).text
  await page.goto(/http\S+\/mot-de-passe\/\S+/.exec(link)?.[0] ?? '')
  await card('new-password')
  const fresh = 'le chat du balcon dort encore'
  await page.fill('#mot_de_passe', fresh)
  await type(page, 'confirmation', fresh)
  await card('changed')

  await page.goto(at('/identifiant-oublie'))
  await keepElement(page, { name: 'forgotten-login', selector: 'main' }, keep)
  await takeTeam(page, myanm, keep)
  await context.close()
}

/** A team and its manager (M61, M63), as a GESTIONNAIRE and a RESPONSABLE see them. */
async function takeTeam(page: Page, myanm: TestIdp, keep: Keep): Promise<void> {
  const at = (path: string) => new URL(path, myanm.issuer).href
  const organisation = `/organismes/${myanm.organisations.get('tilleuls')}`
  const manager = `${organisation}/gestionnaire`
  const enterAs = async (login: string, path: string) => {
    await page.context().clearCookies()
    await page.goto(at(path))
    await type(page, 'identifiant', login)
    await type(page, 'mot_de_passe', PASSWORD)
  }
  const send = (form: string) =>
    Promise.all([
      page.waitForNavigation(),
      page.locator(`${form} button[type=submit]`).first().click(),
    ])

  await enterAs('particulier', '/organismes/rejoindre?numero=0566988259')
  await send('main form[method=post]')
  await enterAs('gestionnaire', `${organisation}/equipe`)
  await keepTop(page, 'team', keep)
  await page.goto(at(`${organisation}/equipe/inviter`))
  await keepTop(page, 'invite', keep)
  await page.goto(at(`${organisation}/equipe/demandes`))
  await keepTop(page, 'requests', keep)
  await page.goto(at(`${organisation}/equipe`))
  await page.goto(
    at((await page.locator('a[href*="/membres/"]').first().getAttribute('href')) ?? ''),
  )
  await keepTop(page, 'role', keep)
  await page.goto(at(`${manager}/transferer`))
  await keepTop(page, 'propose', keep)
  await page.locator('main input[name=personne]').first().check({ force: true })
  await send(`main form[action$="/transferer"]`)
  await enterAs('responsable', `${manager}/accepter`)
  await keepTop(page, 'accept', keep)
}

/** Taller, a picture is scrolled past. */
const TALLEST = 620

/** A page from its title on, as much of it as a picture shows. */
async function keepTop(page: Page, name: string, keep: Keep): Promise<void> {
  await page.evaluate('document.fonts.ready')
  const [title, main] = [
    await page.locator('main h1').first().boundingBox(),
    await page.locator('main').first().boundingBox(),
  ]
  if (!title || !main) throw new Error(`No title on ${page.url()}`)
  const y = Math.max(0, title.y - 16)
  const size = {
    width: PHONE.viewport.width,
    height: Math.round(Math.min(TALLEST, main.y + main.height - y)),
  }
  const clip = { x: 0, y, ...size }
  const png = await page.screenshot({ animations: 'disabled', fullPage: true, clip })
  await keep({ name, picture: await asWebp(page, png), ...size })
}

async function type(page: Page, field: string, value: string): Promise<void> {
  await page.fill(`#${field}`, value)
  await Promise.all([page.waitForNavigation(), page.press(`#${field}`, 'Enter')])
}

async function keepElement(
  page: Page,
  { name, selector }: { readonly name: string; readonly selector: string },
  keep: Keep,
): Promise<void> {
  await page.evaluate('document.fonts.ready')
  const element = page.locator(selector).first()
  const box = await element.boundingBox()
  const png = await element.screenshot({ animations: 'disabled' })
  const size = { width: Math.round(box?.width ?? 0), height: Math.round(box?.height ?? 0) }
  await keep({ name, picture: await asWebp(page, png), ...size })
}

/** A quarter of the size, and every browser knows it. The browser that takes the picture writes it. */
async function asWebp(page: Page, png: Buffer): Promise<Buffer> {
  const empty = await page.context().newPage()
  const written = await empty.evaluate(`(async () => {
    const bytes = await (await fetch('data:image/png;base64,${png.toString('base64')}')).blob()
    const bitmap = await createImageBitmap(bytes)
    const canvas = document.createElement('canvas')
    canvas.width = bitmap.width
    canvas.height = bitmap.height
    canvas.getContext('2d').drawImage(bitmap, 0, 0)
    return canvas.toDataURL('image/webp', 0.5)
  })()`)
  await empty.close()
  return Buffer.from(String(written).split(',')[1] ?? '', 'base64')
}

async function letterTo({ letters }: TestIdp, key: string): Promise<TestIdp['letters'][number]> {
  for (;;) {
    const letter = letters.find(({ to }) => to === `${key}@exemple.be`)
    if (letter) return letter
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
