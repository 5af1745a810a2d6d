import type { Secret } from '@myanm/chassis'
import { compactVerify } from 'jose'
import * as client from 'openid-client'
import { type Granted, type MyAnm, SIGNATURES, type SignedIn } from './api.ts'
import { watchAvailability } from './availability.ts'
import { documentReader } from './document.ts'
import { exchange } from './errors.ts'

/** Talks to MyANM through openid-client. */
export function connectToMyAnm(options: {
  readonly issuer: URL
  readonly client: { readonly id: string; readonly secret: Secret }
  readonly redirectUri: string
  readonly scope: string
}): MyAnm {
  const { issuer, redirectUri, scope } = options
  const availability = watchAvailability()
  const document = documentReader({ issuer, client: options.client, availability })
  const configured = async () => (await document.read()).configuration

  return {
    issuer,
    clientId: options.client.id,
    isWorthAsking: availability.isWorthAsking,
    discovered: () => exchange(async () => void (await document.read())),
    signatory: () =>
      exchange(async () => {
        const { configuration, keys } = await document.read()
        return { issuer: configuration.serverMetadata().issuer, keys }
      }),

    authorizationUrl: (proof, more) =>
      exchange(async () =>
        client.buildAuthorizationUrl((await document.reach()).configuration, {
          redirect_uri: redirectUri,
          scope,
          state: proof.state,
          nonce: proof.nonce,
          code_challenge: await client.calculatePKCECodeChallenge(proof.codeVerifier),
          code_challenge_method: 'S256',
          ...more,
        }),
      ),

    redeem: (answer, proof) =>
      exchange(async () => {
        const response = await client.authorizationCodeGrant(await configured(), answer, {
          expectedState: proof.state,
          expectedNonce: proof.nonce,
          pkceCodeVerifier: proof.codeVerifier,
          idTokenExpected: true,
        })
        const { keys } = await document.read()
        await compactVerify(response.id_token ?? '', keys, { algorithms: SIGNATURES })
        return { ...grantedBy(response), ...identifiedBy(response.claims()) }
      }),

    refresh: (refreshToken) =>
      exchange(async () =>
        grantedBy(await client.refreshTokenGrant(await configured(), refreshToken)),
      ),

    claims: (accessToken, sub) =>
      exchange(async () => client.fetchUserInfo(await configured(), accessToken, sub)),

    read: (accessToken, path) =>
      exchange(async () => {
        const address = new URL(path, issuer)
        if (address.origin !== issuer.origin) throw new Error('The token is for MyANM only')
        return client.fetchProtectedResource(
          await configured(),
          accessToken,
          address,
          'GET',
          null,
          new Headers({ accept: 'application/json' }),
        )
      }),

    revoke: (token) => exchange(async () => client.tokenRevocation(await configured(), token)),

    endSessionUrl: (parameters) =>
      exchange(async () =>
        client.buildEndSessionUrl((await document.reach()).configuration, parameters),
      ),
  }
}

function grantedBy(response: client.TokenEndpointResponse): Granted {
  return {
    tokens: {
      access: response.access_token,
      ...(response.refresh_token && { refresh: response.refresh_token }),
      ...(response.id_token && { id: response.id_token }),
    },
    expiresInSeconds: response.expires_in ?? 60,
  }
}

function identifiedBy(claims: client.IDToken | undefined): Omit<SignedIn, keyof Granted> {
  if (!claims) throw new Error('An answer without ID token')
  return {
    sub: claims.sub,
    ...(typeof claims['sid'] === 'string' && { sid: claims['sid'] }),
    issuedAt: claims.iat,
    authenticatedAt: claims.auth_time ?? claims.iat,
  }
}
