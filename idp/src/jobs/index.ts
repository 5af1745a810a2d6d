export { enqueue, enqueueEach, installJobs, type Job } from './queue.ts'
export { releaseForgotten } from './release.ts'
export { type JobHandlers, startWorker, type Worker } from './worker.ts'
