import { listen } from '#oidc'
import { type DeliveryNeeds, deliverToSite } from './deliver-to-site.ts'
import { spreadSignals } from './spread-store.ts'
import { giveUpOld, lookForWork } from './store.ts'
import { standFor } from './streams-store.ts'

/** How often one looks without having been woken, in milliseconds: at what failed, or was missed. */
const ROUND = 1_000

export interface SignalDelivery {
  /** Ends in order: what is being told is told to its end. */
  stop(): Promise<void>
}

/**
 * Tells the sites of every change of rights, as soon as it is committed: the database wakes whoever
 * listens. Beside the job queue and not in it: a site that hangs, or a post office, would hold its few
 * places, and a change would wait for a mail.
 *
 * Whatever a process that died had not delivered is in the tables, and is found by the next look of any
 * process: its own after it was started again, or another's. The connection that listens stands for the
 * process: with it ends everything it had taken, and what it is doing stops.
 */
export async function deliverSignals(
  needs: DeliveryNeeds & { readonly databaseUrl: URL },
): Promise<SignalDelivery> {
  const { db, log } = needs
  /** Sites this process delivers to now; true when there is more than was there when it began. */
  const turns = new Map<string, { again: boolean; done: Promise<void> }>()
  let isStopping = false
  /** The lock that stands for this process; none while it listens to nobody, and then it delivers nothing. */
  let holder: number | undefined
  let looking: { again: boolean; done: Promise<void> } | undefined

  const visit = (client: string): void => {
    const own = holder
    if (own === undefined) return
    const running = turns.get(client)
    if (running) {
      running.again = true
      return
    }
    const turn = { again: false, done: Promise.resolve() }
    turns.set(client, turn)
    const isOver = () => isStopping || holder !== own
    turn.done = deliverToSite(needs, client, { holder: own, isStopping: isOver })
      .catch((error) => log.warn({ err: error, client }, 'changes not delivered, trying again'))
      .finally(() => {
        turns.delete(client)
        if (turn.again && !isStopping) visit(client)
      })
  }

  const look = async (): Promise<void> => {
    let work = await lookForWork(db)
    // What is ready is delivered while the rest is made ready.
    while (work.isFresh && !isStopping) {
      await spreadSignals(db)
      work = await lookForWork(db)
      for (const client of work.due) visit(client)
    }
    for (const client of work.due) visit(client)
  }

  /** One look at a time; who asks during one gets the next. */
  const wake = (): void => {
    if (isStopping) return
    if (looking) {
      looking.again = true
      return
    }
    const current = { again: false, done: Promise.resolve() }
    looking = current
    current.done = look()
      .catch((error) => log.warn({ err: error }, 'changes of rights not looked at'))
      .finally(() => {
        looking = undefined
        if (current.again) wake()
      })
  }

  const listener = await listen({
    url: needs.databaseUrl,
    channel: 'signal',
    log,
    gather: 0,
    onChange: async () => wake(),
    onConnect: async (connection) => {
      holder = await standFor(connection)
    },
    onLost: () => {
      holder = undefined
    },
  })
  const round = (): void => {
    wake()
    giveUpOld(db).catch((error) => log.warn({ err: error }, 'old changes not given up'))
  }
  const rounds = setInterval(round, ROUND).unref()
  wake()
  return {
    stop: async () => {
      isStopping = true
      clearInterval(rounds)
      await looking?.done
      await Promise.all([...turns.values()].map(({ done }) => done))
      await listener.stop()
    },
  }
}
