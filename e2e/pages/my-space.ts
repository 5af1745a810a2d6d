import type { Visitor } from '../visitor.ts'

/** « Ce que vous pouvez faire ici »: what is open to this person, and what is not. */
export function mySpace(visitor: Visitor) {
  const listed = (heading: string) =>
    visitor.page
      .locator('.card')
      .filter({ has: visitor.page.getByRole('heading', { name: heading }) })
      .locator('.rights__one > p:first-of-type')
      .allTextContents()
  return {
    allowed: () => listed('Vous pouvez'),
    refused: () => listed('Pas dans votre situation actuelle'),
  }
}
