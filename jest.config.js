/**
 * Four projects over one runner. Node strips the types itself: no transform, exact line numbers.
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

/** Before everything: a real PostgreSQL with a template database to clone. */
const onPostgres = {
  globalSetup: '<rootDir>/packages/testing/src/global-setup.ts',
  globalTeardown: '<rootDir>/packages/testing/src/global-teardown.ts',
  setupFilesAfterEnv: ['<rootDir>/packages/testing/src/patience.ts'],
}

/** Beside it: one Chromium for the whole run, and the patience real pages need. */
const inBrowser = {
  globalSetup: '<rootDir>/packages/testing/src/global-setup-with-browser.ts',
  globalTeardown: '<rootDir>/packages/testing/src/global-teardown-with-browser.ts',
  setupFilesAfterEnv: ['<rootDir>/e2e/patience.ts'],
}

export default {
  // A worker keeps something of every file it has run: one that has grown makes room for a new one.
  workerIdleMemoryLimit: '1GB',
  projects: [
    project('unit', ['{idp,apps/*,packages/*}/src/**/*.test.ts', 'tools/!(test)/**/*.test.ts']),
    project('integration', ['{idp,apps/*,packages/*,tools}/test/**/*.test.ts'], onPostgres),
    project('faults', ['idp/test/faults/**/*.fault.ts'], inBrowser),
    project('e2e', ['e2e/journeys/**/*.e2e.ts'], inBrowser),
  ],
}
