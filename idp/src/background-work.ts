import { fileURLToPath } from 'node:url'
import { type Catalogue, createTemplates, type Language } from '@myanm/chassis'
import { forgetDevices } from '#devices'
import { expireInvitations } from '#invitations'
import { enqueue, releaseForgotten, startWorker, type Worker } from '#jobs'
import { tellOfRequest, watchRequests } from '#join-requests'
import { journalSealer, sealingKey } from '#journal'
import { sendMail, watchLetters } from '#mail'
import { endDueRoles, watchReviews } from '#memberships'
import { deliverLogout, keySeal, sweepExpired } from '#oidc'
import { compareWithRegister } from '#organisation-data'
import { answerForgotten } from '#recovery'
import { eraseDue, forgetOld } from '#retention'
import { countLatencies } from '#signals'
import { tellTeam } from '#staff'
import { flyCanary } from '#status'
import { watchTransfers } from '#transfers'
import type { Services } from './services.ts'

/** What is done after the commit, by whom: every kind of job and its room. */
export function startBackgroundWork(services: Services, catalogue: Catalogue): Promise<Worker> {
  const { config, db, pool, log, subjectOf, mailer, secrets, stopLinks } = services
  const issuer = config.PUBLIC_URL
  const seal = keySeal(config.KEY_ENCRYPTION_KEY)
  const sealJournal = journalSealer({ db, log, key: sealingKey(config.KEY_ENCRYPTION_KEY) })
  const mails = createTemplates([fileURLToPath(new URL('.', import.meta.url))])
  return startWorker({
    pool,
    log,
    handlers: {
      'backchannel-logout': (job) => deliverLogout({ db, seal, issuer, subjectOf }, job),
      'send-mail': (job) =>
        sendMail(
          {
            db,
            log,
            mailer,
            stopLinks,
            mails,
            secrets,
            publicUrl: issuer,
            translate: (language, key, values) =>
              catalogue.translate(language as Language, key, values),
          },
          job,
        ),
      'watch-letters': () => watchLetters({ db }),
      'watch-transfers': () => watchTransfers({ db }),
      'compare-with-register': async () => void (await compareWithRegister({ db })),
      'release-forgotten': () => releaseForgotten(db),
      'tell-of-request': (job) => tellOfRequest({ db }, job),
      'tell-team': (job) => tellTeam({ db }, job),
      'watch-requests': () => watchRequests({ db }),
      'erase-due': async () => void (await eraseDue({ db, log })),
      'end-due-roles': async () => void (await endDueRoles({ db }, new Date())),
      'watch-reviews': () => watchReviews({ db }, new Date()),
      'expire-invitations': () => expireInvitations({ db }),
      'forget-old': async () => void (await forgetOld({ db, log })),
      // A timetable counts in minutes: once more between two of them.
      'seal-journal': async ({ again }) => {
        if (!again)
          await enqueue(db, 'seal-journal', { again: true }, { key: 'seal', after: 30_000 })
        await sealJournal()
      },
      'fly-canary': () => flyCanary({ db }),
      'count-latencies': () => countLatencies(db),
      'send-way-back': (job) => answerForgotten({ config, db, pool }, job),
      'sweep-expired': async () => {
        await sweepExpired(pool)
        await forgetDevices(db)
      },
    },
  })
}
