import { jest } from '@jest/globals'

/** Real processes on a busy machine: late is not wrong. Only something stuck takes this long. */
jest.setTimeout(60_000)
