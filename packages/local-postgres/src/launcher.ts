import { spawnSync } from 'node:child_process'
import type { Account } from './account.ts'

/** How to start a program of PostgreSQL: turns a command into the one to spawn and the options to spawn it with. */
export type Launcher = {
  readonly command: (...words: [string, ...string[]]) => [string, string[]]
  readonly options: { readonly cwd: '/'; readonly uid?: number; readonly gid?: number }
}

export const asOurselves: Launcher = {
  command: (program, ...args) => [program, args],
  options: { cwd: '/' },
}

const asAccount = ({ uid, gid }: Account): Launcher => ({
  command: (program, ...args) => [program, args],
  options: { cwd: '/', uid, gid },
})

/**
 * As that account, keeping one of root's capabilities: to go through directories it may not enter, such as
 * /root. It owns its data, so it needs no more than that; a container often grants only the wider of the two.
 * PostgreSQL looks for itself with access(2), which ignores capabilities unless no_setuid_fixup is set; the
 * others go all the same when the program is executed.
 */
const withCapability = ({ uid, gid }: Account, capability: string): Launcher => ({
  command: (program, ...args) => [
    'setpriv',
    [
      `--reuid=${uid}`,
      `--regid=${gid}`,
      '--clear-groups',
      '--securebits=+no_setuid_fixup',
      `--inh-caps=+${capability}`,
      `--ambient-caps=+${capability}`,
      '--',
      program,
      ...args,
    ],
  ],
  options: { cwd: '/' },
})

/** The mildest way by which `account` can enter `directory` and run `program`; undefined when none works. */
export function launcherFor(
  account: Account,
  reach: { readonly directory: string; readonly program: string },
): Launcher | undefined {
  const ways = [
    asAccount(account),
    withCapability(account, 'dac_read_search'),
    withCapability(account, 'dac_override'),
  ]
  return ways.find(({ command, options }) => {
    const script = 'cd "$0" && exec "$1" --describe-config'
    const words = command('/bin/sh', '-c', script, reach.directory, reach.program)
    return spawnSync(...words, { ...options, stdio: 'ignore' }).status === 0
  })
}
