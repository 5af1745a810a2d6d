/** Freezes a tree of plain data: nobody widens a right by writing into a table at run time. */
export function deepFreeze<const T extends object>(tree: T): T {
  for (const branch of Object.values(tree)) {
    if (typeof branch === 'object' && branch !== null) deepFreeze(branch)
  }
  return Object.freeze(tree)
}
