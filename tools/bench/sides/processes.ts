import { readdirSync, readFileSync } from 'node:fs'

/** Clock ticks per second in /proc/<pid>/stat: fixed by Linux's interface to programs. */
const TICKS = 100

/**
 * What a process has spent, as Linux counts it, in seconds: user and system time of all its threads.
 * With its family: also its children, those that have ended included. Null where there is no /proc.
 */
export function cpuSeconds(pid: number, whose: 'own' | 'family' = 'own'): number | null {
  const fields = statOf(pid)
  if (!fields) return null
  const sum = (from: number, to: number) =>
    fields.slice(from, to).reduce((total, field) => total + Number(field), 0) / TICKS
  // utime, stime, then those of children that have ended: fields 14 to 17 of proc_pid_stat(5).
  if (whose === 'own') return sum(11, 13)
  return childrenOf(pid).reduce((total, child) => total + (cpuSeconds(child) ?? 0), sum(11, 15))
}

/** Resident memory in bytes; null where there is no /proc. */
export function residentBytes(pid: number): number | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
  } catch {
    return null
  }
}

/** The fields after the program's name, which may hold spaces and parentheses. */
function statOf(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return null
  }
}

function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && statOf(Number(name))?.[1] === String(pid))
    .map(Number)
}
