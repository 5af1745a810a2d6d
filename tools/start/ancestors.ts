import { readFile } from 'node:fs/promises'

type Ancestor = {
  readonly pid: number
  readonly parent: number
  readonly began: string
  readonly words: readonly string[]
}

/** A process as /proc shows it; undefined when it is gone, or where there is no /proc. */
async function look(pid: number): Promise<Ancestor | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  // The second field, the program's name, may hold spaces and parentheses: count after its end.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (stat === '' || fields[0] === 'Z') return undefined
  return {
    pid,
    parent: Number(fields[1]),
    began: fields[19] ?? '',
    words: command.split('\0'),
  }
}

const isRunner = ({ words }: Ancestor) =>
  words.slice(0, 2).some((word) => /(^|\/)p?np[mx](-cli)?(\.[cm]?js)?( |$)/.test(word))
const isShell = ({ words }: Ancestor) => /(^|\/)(ba|da|z)?sh$/.test(words[0] ?? '')

/** The chain that started us: `npx`, `pnpm` and the shells between them, not the shell the person types in. */
async function chain(): Promise<readonly Ancestor[]> {
  const found: Ancestor[] = []
  for (let pid = process.ppid; pid > 1; ) {
    const one = await look(pid)
    if (!one || !(isRunner(one) || isShell(one))) break
    found.push(one)
    pid = one.parent
  }
  return found.slice(0, found.findLastIndex(isRunner) + 1)
}

/**
 * Calls back once when one of those who started us is gone: killed outright, they can no longer tell us to stop, and
 * we would go on in secret. Without /proc only the nearest one is watched. Nobody is when started by hand.
 */
export async function watchAncestors(onGone: () => void): Promise<() => void> {
  if (process.env['npm_lifecycle_event'] === undefined) return () => {}
  const parent = process.ppid
  const ancestors = await chain()
  const isGone = async () => {
    if (process.ppid !== parent) return true
    for (const { pid, began } of ancestors) {
      if ((await look(pid))?.began !== began) return true
    }
    return false
  }
  const timer = setInterval(async () => {
    if (!(await isGone())) return
    clearInterval(timer)
    onGone()
  }, 500)
  return () => clearInterval(timer)
}
