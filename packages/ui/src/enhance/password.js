/**
 * Says, while a new password is typed, how long it is and whether the two are the same; offers to show
 * it. Nothing is asked here that the server does not ask, and nothing is refused: no kinds of characters,
 * no meter. The sentences are in the field’s `data-` attributes, in the page’s language.
 */

/** @type {NodeListOf<HTMLInputElement>} */
const fields = document.querySelectorAll('input[data-new-password]')

for (const field of fields) equip(field)

/** @param {HTMLInputElement} field */
function equip(field) {
  const { form } = field
  const again = form?.elements.namedItem('confirmation')
  if (!form || !(again instanceof HTMLInputElement)) return
  const { shortest = '12', left = '', long = '', same = '', differ = '', show = '' } = field.dataset

  const length = noteAfter(field)
  const match = noteAfter(again)
  const shown = showBox([field, again], show)

  const tell = () => {
    // One code point is one character, as the server counts.
    const missing = Number(shortest) - [...field.value.normalize('NFKC')].length
    length.textContent =
      field.value === '' ? '' : missing > 0 ? left.replace('#', String(missing)) : long
    match.textContent = again.value === '' ? '' : again.value === field.value ? same : differ
  }
  field.addEventListener('input', tell)
  again.addEventListener('input', tell)
  // A browser keeps the type of a field in its history: a password is never left to be read there.
  form.addEventListener('submit', () => {
    shown.checked = false
    for (const one of [field, again]) one.type = 'password'
  })
}

/**
 * A line below a field, read out when it changes and the person pauses.
 * @param {HTMLInputElement} field
 */
function noteAfter(field) {
  const note = document.createElement('p')
  note.className = 'typing-note'
  note.id = `${field.id}-note`
  note.setAttribute('aria-live', 'polite')
  field.after(note)
  return note
}

/**
 * @param {readonly HTMLInputElement[]} hidden
 * @param {string} words
 */
function showBox(hidden, words) {
  const box = document.createElement('input')
  box.type = 'checkbox'
  box.id = 'voir-mot-de-passe'
  box.className = 'govuk-checkboxes__input'
  const label = document.createElement('label')
  label.className = 'govuk-label govuk-checkboxes__label'
  label.htmlFor = box.id
  label.textContent = words
  const item = document.createElement('div')
  item.className = 'govuk-checkboxes__item'
  item.append(box, label)
  const group = document.createElement('div')
  group.className = 'govuk-form-group govuk-checkboxes'
  group.append(item)
  hidden.at(-1)?.closest('.govuk-form-group')?.after(group)
  box.addEventListener('change', () => {
    for (const field of hidden) field.type = box.checked ? 'text' : 'password'
  })
  return box
}
