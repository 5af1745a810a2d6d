import type { Context, Middleware } from 'koa'
import type { Log } from './log.ts'
import { render, translate } from './pages.ts'
import { frameProblem, Problem } from './problem.ts'
import { referenceOf } from './request-log.ts'

/**
 * The one place where an exception becomes an answer: a `Problem` is shown with its way out, a
 * database that is away is 503, anything else is a bug: a plain page, the whole story in the log.
 */
export function boundary(log: Log): Middleware {
  return async function boundary(ctx, next) {
    try {
      await next()
      if (ctx.status === 404 && ctx.body == null) throw frameProblem('not-found')
      if (ctx.status === 405 && ctx.body == null) throw frameProblem('method-not-allowed')
    } catch (error) {
      const problem = asProblem(error)
      if (problem.code === 'unexpected' || problem.code === 'unavailable') {
        log.error({ err: error, reference: referenceOf(ctx) }, problem.code)
      }
      answer(ctx, problem)
    }
  }
}

function asProblem(error: unknown): Problem {
  if (Problem.is(error)) return error
  if (isDatabaseAway(error)) {
    return frameProblem('unavailable', { cause: error, headers: { 'retry-after': '5' } })
  }
  return frameProblem('unexpected', { cause: error })
}

/** PostgreSQL's classes 08, 53 and 57P, and a statement it gave up on (57014) or a lock (55P03). */
const AWAY_STATES = /^(08\w{3}|53\w{3}|57P0\d|57014|55P03)$/

/** The network's words for nobody there. */
const AWAY_CODES =
  /^E(CONNREFUSED|CONNRESET|CONNABORTED|PIPE|TIMEDOUT|HOSTUNREACH|HOSTDOWN|NETUNREACH|NOTFOUND|AI_AGAIN)$/

/** The driver's own words, where it gives no code: for a wait that was too long, for a line that broke. */
const AWAY_WORDS =
  /^(Connection terminated|timeout e|Query read timeout|Client (has encountered a connection error|was closed) and is not queryable)/

/** Whether the database is away, or silent, or gave up (yardsticks F5, F10): no fault of the request. */
export function isDatabaseAway(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  const { code, message } = error as { code?: unknown; message?: unknown }
  if (typeof code === 'string' && (AWAY_STATES.test(code) || AWAY_CODES.test(code))) return true
  return AWAY_WORDS.test(String(message))
}

/** Answers with a problem: a page for people, RFC 9457 for programs. */
export function answer(ctx: Context, problem: Problem): void {
  ctx.status = problem.status
  ctx.set(problem.headers)
  const title = translate(ctx, `problem.${problem.code}.title`, problem.values)
  const text = translate(ctx, `problem.${problem.code}.text`, problem.values)
  const reference = referenceOf(ctx)
  if (ctx.accepts('html', 'json') === 'json') {
    ctx.type = 'application/problem+json'
    ctx.body = JSON.stringify({ title, status: problem.status, detail: text, reference })
    return
  }
  const ways = problem.ways.map((way, position) => ({
    text: translate(ctx, way.key, way.values),
    href: way.href,
    primary: position === 0,
  }))
  if (!ways.some((way) => way.href === '/')) {
    ways.push({ text: translate(ctx, 'ui.way.home'), href: '/', primary: ways.length === 0 })
  }
  render(ctx, 'pages/problem.njk', { title, explanation: text, ways, reference })
}
