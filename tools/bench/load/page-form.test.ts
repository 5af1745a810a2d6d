import { describe, expect, test } from '@jest/globals'
import { nextForm } from './page-form.ts'

describe('the form a person would fill in next', () => {
  test('asks for the password rather than to cancel', () => {
    const form = nextForm(`
      <form method="post" action="/annuler"><input type="hidden" name="jeton" value="a"></form>
      <form method="post" action="/mot-de-passe?a=1&amp;b=2">
        <input type="hidden" name="jeton" value="x&quot;y">
        <input name="mot_de_passe" type="password">
        <input type="checkbox" name="rester" value="oui">
      </form>`)
    expect(form?.action).toBe('/mot-de-passe?a=1&b=2')
    expect(form?.passwordField).toBe('mot_de_passe')
    expect(form?.fields.toString()).toBe('jeton=x%22y&mot_de_passe=')
  })

  test('asks for a name, whatever its type is called, before a consent', () => {
    const form = nextForm(`
      <FORM METHOD=POST><button name="decision" value="non">Non</button></FORM>
      <form method='post'><input type='email' name='login'></form>`)
    expect(form?.loginField).toBe('login')
  })

  test('is a consent when nothing is to be typed: its first button is pressed', () => {
    const form = nextForm(`
      <form method="get" action="/search"><input name="q"></form>
      <form method="post" action="/consent">
        <button name="decision" value="oui">Oui</button><button name="decision" value="non">Non</button>
      </form>`)
    expect(form?.action).toBe('/consent')
    expect(form?.fields.toString()).toBe('decision=oui')
  })

  test('is none on a page without forms', () => {
    expect(nextForm('<p>Rien</p>')).toBeUndefined()
  })
})
