import { spawn } from 'node:child_process'

// `read` returns when the pipe closes, and the kernel closes it however we die. The server is ours only if it
// still runs on our data.
const script = `
read -r _
read -r pid < "$1/postmaster.pid" || exit
case "$(tr '\\0' ' ' < "/proc/$pid/cmdline" 2>/dev/null || ps -o command= -p "$pid")" in
  *postgres*"$1"*) kill -INT "$pid" ;;
esac`

/** Ends the server when this process dies, were it by kill -9. Returns how to call the watch off. */
export function watchOver(data: string): () => void {
  const watchdog = spawn('/bin/sh', ['-c', script, 'myanm-postgres-watchdog', data], {
    cwd: '/',
    // Of a session of its own: a Ctrl-C in the terminal must reach it no sooner than the server.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  watchdog.unref()
  return () => watchdog.kill('SIGKILL')
}
