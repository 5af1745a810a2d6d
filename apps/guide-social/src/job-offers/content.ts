/** The closed lists of a job offer (4.2.7). The words of the domain are French and stay so. */

export const CONTRACTS = [
  'cdi',
  'cdd',
  'remplacement',
  'interim',
  'etudiant',
  'volontariat',
] as const
export type Contract = (typeof CONTRACTS)[number]

export const REGIMES = ['full-time', 'part-time'] as const
export type Regime = (typeof REGIMES)[number]

/** Commissions paritaires of the non-profit sector; `autre` for the rest. */
export const JOINT_COMMITTEES = [
  '318',
  '319',
  '319.02',
  '327',
  '329',
  '329.02',
  '330',
  '331',
  '332',
  '337',
  'autre',
] as const
export type JointCommittee = (typeof JOINT_COMMITTEES)[number]

export const PAY_PERIODS = ['month', 'hour', 'year'] as const
export type PayPeriod = (typeof PAY_PERIODS)[number]

/** Public aids to employment the post depends on. */
export const AIDS = ['ape', 'maribel', 'activa', 'article-60'] as const
export type Aid = (typeof AIDS)[number]

/** Functions of the psycho-medico-social sector. Their keys are searched as words. */
export const OCCUPATIONS = [
  'aide-familial',
  'aide-soignant',
  'animateur',
  'assistant-social',
  'charge-communication',
  'charge-projets',
  'charge-ressources-humaines',
  'chauffeur',
  'comptable',
  'conseiller-insertion',
  'coordinateur',
  'cuisinier',
  'directeur',
  'educateur',
  'educateur-specialise',
  'ergotherapeute',
  'formateur',
  'infirmier',
  'interprete-social',
  'juriste',
  'kinesitherapeute',
  'logopede',
  'mediateur',
  'medecin',
  'ouvrier-polyvalent',
  'psychologue',
  'psychomotricien',
  'puericulteur',
  'responsable-service',
  'secretaire',
  'technicien-surface',
  'travailleur-rue',
  'autre',
] as const
export type Occupation = (typeof OCCUPATIONS)[number]

/** What an offer says. A draft may leave anything but its title unsaid. */
export interface OfferContent {
  readonly title: string
  readonly occupation: Occupation | null
  /** The function in the author's words, when `occupation` is `autre`. */
  readonly otherOccupation: string | null
  /** Plain text; an empty line begins a paragraph. */
  readonly description: string | null
  readonly postcode: string | null
  readonly locality: string | null
  readonly contract: Contract | null
  /** « 6 mois », « jusqu'au retour de la titulaire ». */
  readonly contractLength: string | null
  readonly regime: Regime | null
  readonly weeklyMinutes: number | null
  readonly posts: number
  readonly jointCommittee: JointCommittee | null
  readonly payScale: string | null
  /** Euro cents, gross, for one `payPer`. */
  readonly payMin: number | null
  readonly payMax: number | null
  readonly payPer: PayPeriod
  /** « Communiqué avant l'entretien » (R22). */
  readonly payToldBeforeInterview: boolean
  readonly aids: readonly Aid[]
  readonly diploma: string | null
  readonly experience: string | null
  readonly languages: string | null
  readonly drivingLicence: boolean
  readonly startsOn: Day | null
  /** Last day to apply, and the last day the offer is public. */
  readonly endsOn: Day | null
  readonly applyEmail: string | null
  readonly applyUrl: string | null
  readonly applyPhone: string | null
  readonly applyNote: string | null
}

/** A calendar day, `2026-12-31`; compares as text. */
export type Day = string
