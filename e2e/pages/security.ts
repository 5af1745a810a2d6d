import type { Visitor } from '../visitor.ts'

/** A device that keeps passkeys, and a finger on it or not. */
export interface Device extends AsyncDisposable {
  /** It is not touched from now on: what it is asked waits. */
  rests(): Promise<void>
  /** It is touched: what it is asked, now or later, it answers. */
  isTouched(): Promise<void>
}

/**
 * A device of the visitor's that keeps passkeys and checks its person, in the browser itself
 * (WebAuthn level 3, §11).
 * @param finger whose it is that touches the device
 */
export async function virtualAuthenticator(
  visitor: Visitor,
  finger: 'its owner’s finger' | 'nobody’s finger' = 'its owner’s finger',
): Promise<Device> {
  const devtools = await visitor.context.newCDPSession(visitor.page)
  await devtools.send('WebAuthn.enable')
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: finger === 'its owner’s finger',
      automaticPresenceSimulation: true,
    },
  })
  const touch = async (enabled: boolean) => {
    const presence = { authenticatorId, enabled }
    await devtools.send('WebAuthn.setAutomaticPresenceSimulation', presence)
  }
  return {
    rests: () => touch(false),
    isTouched: () => touch(true),
    [Symbol.asyncDispose]: async () => {
      await devtools.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId })
    },
  }
}

/** « Sécurité renforcée », where one protects one's account. */
export function securityPage(visitor: Visitor) {
  return {
    async addsPasskey(name: string): Promise<void> {
      await visitor.follows('Ajouter une clé d’accès')
      await visitor.types('Nom de la clé', name)
      await visitor.presses('Créer la clé d’accès')
      await visitor.sees('La clé d’accès est ajoutée.')
    },
    async keepsCodes(): Promise<string[]> {
      const codes = await visitor.page.locator('.written-codes code').allInnerTexts()
      await visitor.presses('J’ai gardé ces codes')
      return codes
    },
  }
}
