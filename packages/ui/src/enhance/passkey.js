/**
 * Passkeys, on pages that work without them (WebAuthn level 3). A form marked `data-passkey` carries in
 * `data-options` what the browser is to be asked, and takes the answer in its field `reponse`. It is
 * shown only where a passkey can be used; everything else on the page is as it was.
 *
 * `data-passkey="get"` signs in, `"create"` makes a passkey. `data-offered` also offers passkeys in the
 * field of the login, among what the browser would fill in.
 */

/** @type {NodeListOf<HTMLFormElement>} */
const forms = document.querySelectorAll('form[data-passkey]')

const isAble =
  'PublicKeyCredential' in window &&
  typeof PublicKeyCredential.parseRequestOptionsFromJSON === 'function'

if (isAble) for (const form of forms) equip(form)

/** @param {HTMLFormElement} form */
function equip(form) {
  const isNew = form.dataset['passkey'] === 'create'
  const options = JSON.parse(form.dataset['options'] ?? '{}')
  /** One question at a time: the browser refuses a second. */
  let waiting = new AbortController()

  form.hidden = false
  for (const note of document.querySelectorAll('[data-without-passkey]')) note.remove()
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    waiting.abort()
    waiting = new AbortController()
    void answer(isNew ? create() : get(), tell)
  })
  if ('offered' in form.dataset) void offer()

  function create() {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options)
    return navigator.credentials.create({ publicKey, signal: waiting.signal })
  }

  /** @param {CredentialMediationRequirement} [mediation] */
  function get(mediation) {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options)
    return navigator.credentials.get({
      publicKey,
      signal: waiting.signal,
      ...(mediation && { mediation }),
    })
  }

  async function offer() {
    if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return
    // Nobody asked for it: when nothing comes of it, nothing is said.
    await answer(get('conditional'), () => {})
  }

  /**
   * @param {Promise<Credential | null>} asked
   * @param {() => void} otherwise
   */
  async function answer(asked, otherwise) {
    let credential
    try {
      credential = await asked
    } catch {
      // Cancelled, timed out, no such passkey here: browsers do not say which, on purpose.
      return otherwise()
    }
    const field = form.elements.namedItem('reponse')
    if (!(credential instanceof PublicKeyCredential) || !(field instanceof HTMLInputElement)) return
    field.value = JSON.stringify(credential.toJSON())
    form.submit()
  }

  function tell() {
    const message = form.querySelector('[data-passkey-failed]')
    if (message instanceof HTMLElement) message.hidden = false
  }
}
