import { expect, test } from '@jest/globals'
import { openStage } from '../stage.ts'
import {
  cannotEnterYet,
  isInvited,
  joins,
  leadsTeam,
  registersOrganisation,
  takesOver,
} from '../team-walks.ts'
import { tourOf } from '../tour.ts'

const stage = openStage()

/** Accessible by day and by night, wide and narrow; never a dead end, never a dead link. */
test.each([
  ['who cannot enter yet', cannotEnterYet],
  ['who leads a team', leadsTeam],
  ['who is invited', isInvited],
  ['who asks to join', joins],
  ['who registers an organisation', registersOrganisation],
  ['who takes an organisation over', takesOver],
])('every page on the way of somebody %s holds up', async (_, walk) => {
  const visitor = await stage.visitor()
  const tour = await tourOf(visitor)
  await walk(stage.scene, visitor, tour.looks)
  expect(tour.faults).toEqual([])
})
