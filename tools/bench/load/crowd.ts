/**
 * Does a thing a fixed number of times, `members` at once: whoever is done begins the next one (a closed
 * load). The first failure ends it: a figure with refusals in it is no figure.
 */
export async function crowd(
  load: { readonly times: number; readonly members: number },
  act: (member: number) => Promise<unknown>,
): Promise<void> {
  let begun = 0
  const work = async (member: number) => {
    while (begun < load.times) {
      begun += 1
      await act(member)
    }
  }
  await Promise.all(Array.from({ length: load.members }, (_, member) => work(member)))
}
