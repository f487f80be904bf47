import { hkdfSync } from 'node:crypto';
import { signingKey } from '../../lib/adapters/archive/archive-text';
import { createS3Archives } from '../../lib/adapters/aws/bucket/archives';
import { createClockRegister } from '../../lib/adapters/aws/events/orphans';
import { createAwsStorekeeper } from '../../lib/adapters/aws/storekeeper';
import { createClosedStreams } from '../../lib/adapters/aws/table/closed-streams';
import { goneTriggers } from '../../lib/adapters/aws/table/trigger-list';
import { SYSTEM } from '../../lib/adapters/system';
import type { Retention } from '../../lib/core/cleanup/retention';
import { hasLetters } from '../../lib/core/engine/parked-letters';
import type { Storekeeper } from '../../lib/core/ports/cleanup';
import { readEnv } from '../runtime/env';
import { once } from '../runtime/once';
import { dynamo } from './clients/dynamo';
import { eventBridge } from './clients/event-bridge';
import { s3 } from './clients/s3';
import { scheduler } from './clients/scheduler';
import { objects } from './objects';
import { effectPorts } from './ports';
import { reader } from './readers';
import { engineSecret } from './secret';
import { journal, openStreams, tableName } from './tables';

/** What this deployment keeps, and for how long. All jobs that are old enough go: none is kept for being among the last. */
export const retention = once((): Retention => {
  const { CLEANUP_JOB_DAYS, CLEANUP_AUDIT_DAYS } = readEnv('CLEANUP_JOB_DAYS', 'CLEANUP_AUDIT_DAYS');
  return { jobDays: CLEANUP_JOB_DAYS, auditDays: CLEANUP_AUDIT_DAYS, keepJobs: 0 };
});

export const storekeeper = once((): Storekeeper => {
  const env = readEnv('BUCKET_NAME', 'EVENT_BUS_NAME', 'SCHEDULE_GROUP');
  const { EVENT_BUS_NAME: busName, SCHEDULE_GROUP: scheduleGroup } = env;
  return createAwsStorekeeper({
    streams: createClosedStreams(dynamo(), tableName(), SYSTEM),
    progress: openStreams().progress,
    journal: journal(),
    archives: createS3Archives(s3(), env.BUCKET_NAME),
    objects: objects(),
    clocks: createClockRegister(
      { scheduler: scheduler(), events: eventBridge() },
      { busName, scheduleGroup },
    ),
    sources: effectPorts().sources,
    gone: (ids) => goneTriggers(dynamo(), tableName(), ids),
    hasLetters: (jobId) => hasLetters(reader(), jobId),
    key: archiveKey,
    clock: Date.now,
    retention: retention(),
  });
});

/** A key of its own, which the secret of the deployment gives: the same in every run, and of no use for tokens. */
async function archiveKey() {
  const seed = hkdfSync('sha256', await engineSecret(), '', 'reprise: heads of archives', 32);
  return signingKey(new Uint8Array(seed));
}
