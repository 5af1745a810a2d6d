import { jest } from '@jest/globals'

// Whole processes and real sign-ins: a busy machine needs more than Jest's five seconds.
jest.setTimeout(60_000)
