import type { SomebodyOfTheScene } from '../scene.ts'
import type { Visitor } from '../visitor.ts'

/** MyANM’s two steps: who, then the password. */
export async function giveCredentials(
  visitor: Visitor,
  { login, password }: Pick<SomebodyOfTheScene, 'login' | 'password'>,
): Promise<void> {
  await giveLogin(visitor, login)
  await givePassword(visitor, password)
}

export async function giveLogin(visitor: Visitor, login: string): Promise<void> {
  await visitor.types('Login ou adresse e-mail', login)
  await visitor.presses('Continuer')
}

export async function givePassword(visitor: Visitor, password: string): Promise<void> {
  await visitor.types('Mot de passe', password)
  await visitor.presses('Se connecter')
}
