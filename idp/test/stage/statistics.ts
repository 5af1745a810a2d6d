export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((left, right) => left - right)
  const middle = Math.floor(sorted.length / 2)
  const [below = 0, above = 0] = [sorted[middle - 1], sorted[middle]]
  return sorted.length % 2 ? above : (below + above) / 2
}

/**
 * How likely two samples of one distribution differ this much (Mann–Whitney U, two-sided, normal
 * approximation with correction for continuity): small means that they can be told apart.
 */
export function mannWhitney(left: readonly number[], right: readonly number[]): number {
  const all = [
    ...left.map((value) => ({ value, isLeft: true })),
    ...right.map((value) => ({ value, isLeft: false })),
  ].sort((one, other) => one.value - other.value)
  let ranks = 0
  let ties = 0
  for (let start = 0; start < all.length; ) {
    let end = start
    while (end < all.length && all[end]?.value === all[start]?.value) end += 1
    const rank = (start + 1 + end) / 2
    for (const { isLeft } of all.slice(start, end)) if (isLeft) ranks += rank
    ties += (end - start) ** 3 - (end - start)
    start = end
  }
  const [n, m] = [left.length, right.length]
  const u = ranks - (n * (n + 1)) / 2
  const total = n + m
  const spread = Math.sqrt(((n * m) / 12) * (total + 1 - ties / (total * (total - 1))))
  const z = Math.max(0, Math.abs(u - (n * m) / 2) - 0.5) / spread
  return 2 * (1 - normal(z))
}

/** The standard normal distribution up to z (Abramowitz & Stegun 26.2.17, error under 7.5e-8). */
function normal(z: number): number {
  const t = 1 / (1 + 0.231_641_9 * z)
  const tail =
    t *
    (0.319_381_53 +
      t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))))
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * tail
}
