/** Waits until something holds. @throws Error after so many milliseconds */
export async function until(
  holds: () => boolean | Promise<boolean>,
  within = 20_000,
): Promise<void> {
  const deadline = performance.now() + within
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('It did not come to hold')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
