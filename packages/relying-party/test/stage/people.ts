/** Claims of people of the scene (7.3). */
export const anne = {
  name: 'Anne Dupont',
  given_name: 'Anne',
  family_name: 'Dupont',
  email: 'anne@exemple.be',
  account_type: 'organisme',
  org: {
    id: 'tilleuls',
    bce: '0566988259',
    name: 'Les Tilleuls ASBL',
    kind: 'organisme',
    nonprofit: true,
    legal_form: '017',
    role: 'COLLABORATEUR',
    options: [],
  },
}

export const bruno = { name: 'Bruno Petit', email: 'bruno@exemple.be', account_type: 'particulier' }

export const inOwnName = ({ org: _, ...claims }: typeof anne) => claims
