export { enqueue, installJobs, type Job } from './queue.ts'
export { type JobHandlers, startWorker, type Worker } from './worker.ts'
