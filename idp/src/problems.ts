import { problems } from '@myanm/chassis'

/** The problems of MyANM beside those of the frame: code → status. */
export const problem = problems({
  'sign-in-expired': 400,
  'sign-in-refused': 400,
  'signed-in-already': 409,
  'account-suspended': 403,
  'dead-link': 410,
  'invalid-token': 401,
  'needs-organisation': 403,
  'invitation-for-other': 403,
  'role-too-low': 403,
  'no-longer-member': 404,
  'manager-stays': 409,
  'member-gone': 410,
  'member-changed': 409,
  'staff-own-account': 403,
  'staff-own-proposal': 403,
  'staff-not-now': 409,
  'staff-nobody': 409,
  'staff-leads-already': 409,
  'staff-leads': 409,
  'staff-address-taken': 409,
  'transfer-not-now': 409,
  'transfer-not-responsable': 409,
  'transfer-open-already': 409,
})
