import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

// A bare Debian has /proc but no `ps`; macOS has `ps` but no /proc.
async function ask(pid: number, column: string): Promise<string> {
  const answer = await run('ps', ['-o', `${column}=`, '-p', String(pid)]).catch(() => undefined)
  return answer?.stdout.trim() ?? ''
}

/**
 * The command line of a process, '' when it is gone. A zombie has none either: under a container's first
 * process that never reaps, a dead server would otherwise seem to live for ever.
 */
export async function commandLine(pid: number): Promise<string> {
  if (process.platform !== 'linux') return ask(pid, 'command')
  const raw = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  return raw.replaceAll('\0', ' ').trim()
}

/**
 * What tells this process from a later one that got the same number: its number and the moment it began.
 * Undefined when it is gone.
 */
export async function identityOf(pid: number): Promise<string | undefined> {
  if ((await commandLine(pid)) === '') return undefined
  if (process.platform !== 'linux') return `${pid} ${await ask(pid, 'lstart')}`
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // The second field, the program's name, may itself hold spaces and parentheses: count after its end.
  const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  return ticks === undefined ? undefined : `${pid} ${ticks}`
}

/** True once `condition` holds, false when it still does not after `within` milliseconds. */
export async function eventually(
  condition: () => Promise<boolean>,
  within: number,
): Promise<boolean> {
  const end = performance.now() + within
  for (;;) {
    if (await condition()) return true
    if (performance.now() > end) return false
    await pause(15)
  }
}
