import { expect, test } from '@jest/globals'
import { openStage } from '../stage.ts'
import { tourOf } from '../tour.ts'
import {
  asksForHelp,
  cannotLeave,
  claimsOldAccount,
  getsBackIn,
  managesAccount,
  registers,
  works,
} from '../walks.ts'

const stage = openStage()

/** Accessible by day and by night, wide and narrow; never a dead end, never a dead link. */
test.each([
  ['registering', registers],
  ['getting back in', getsBackIn],
  ['claiming an old account', claimsOldAccount],
  ['asking for help', asksForHelp],
  ['managing one’s account and nearly leaving', managesAccount],
  ['leading an organisation one cannot leave', cannotLeave],
  ['working in the team', works],
])('every page on the way of somebody %s holds up', async (_, walk) => {
  const visitor = await stage.visitor()
  const tour = await tourOf(visitor)
  await walk(stage.scene, visitor, tour.looks)
  expect(tour.faults).toEqual([])
})
