/** What callers of one key share: the flight in the air, and the one that leaves when it lands. */
interface Flights<Result> {
  running: Promise<Result>
  next?: Promise<Result>
}

/**
 * One flight at a time per key, in this process.
 *
 * `join` takes the flight in the air, for who is content with what it saw. `follow` takes the next one
 * to leave, for who needs what is true after they asked; all who ask meanwhile share it.
 */
export function singleFlight<Result>() {
  const flights = new Map<string, Flights<Result>>()

  const leave = (key: string, fly: () => Promise<Result>): Promise<Result> => {
    const running = fly()
    const entry: Flights<Result> = { running }
    flights.set(key, entry)
    const landed = () => {
      if (flights.get(key) === entry) flights.delete(key)
    }
    running.then(landed, landed)
    return running
  }

  return {
    join(key: string, fly: () => Promise<Result>): Promise<Result> {
      const entry = flights.get(key)
      return entry ? (entry.next ?? entry.running) : leave(key, fly)
    },

    follow(key: string, fly: () => Promise<Result>): Promise<Result> {
      const entry = flights.get(key)
      if (!entry) return leave(key, fly)
      const take = () => leave(key, fly)
      entry.next ??= entry.running.then(take, take)
      return entry.next
    },
  }
}
