import { jest } from '@jest/globals'

// A journey is many pages, and the machine may have little to give.
jest.setTimeout(60_000)
