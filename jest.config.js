/**
 * Three projects over one runner. Node strips the types itself: no transform, exact line numbers.
 * @type {import('jest').Config}
 */
const shared = {
  transform: {},
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'json', 'node'],
  testPathIgnorePatterns: ['/node_modules/'],
  modulePathIgnorePatterns: ['<rootDir>/.data/'],
}

const project = (displayName, testMatch, more = {}) => ({
  ...shared,
  displayName,
  testMatch: testMatch.map((pattern) => `<rootDir>/${pattern}`),
  ...more,
})

export default {
  projects: [
    project('unit', ['{idp,apps/*,packages/*}/src/**/*.test.ts', 'tools/**/*.test.ts']),
    project('integration', ['{idp,apps/*,packages/*}/test/**/*.test.ts']),
    project('e2e', ['e2e/journeys/**/*.e2e.ts']),
  ],
}
