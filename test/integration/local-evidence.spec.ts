import { ofCleanup } from './support/evidence/cleanup';
import { ofDependencies } from './support/evidence/dependencies';
import { ofHistory } from './support/evidence/history';
import { ofLetters } from './support/evidence/letters';
import { JOBS, ofQueue } from './support/evidence/queue';
import { ofReconciling } from './support/evidence/reconciling';
import { ofRecovery } from './support/evidence/recovery';
import { ofResume } from './support/evidence/resume';
import { LIMITS_OF_RETRIES, ofRetries } from './support/evidence/retries';
import { ofRollback } from './support/evidence/rollback';
import { type LocalEnvironment, startLocalEnvironment } from './support/local-environment';
import { type ScriptedWorker, startScriptedWorker } from './support/scripted-worker';

// One environment for all: to deploy one takes longer than what is tried in it.
let local: LocalEnvironment;
let worker: ScriptedWorker;
beforeAll(async () => {
  local = await startLocalEnvironment({
    retryLimits: JSON.stringify(LIMITS_OF_RETRIES),
    maxWaitingJobs: String(JOBS),
  });
  worker = await startScriptedWorker(local.worker, 'scripted-1');
}, 600_000);
afterAll(async () => {
  await worker?.stop();
  await local?.stop();
}, 60_000);

const deployed = () => ({ local, worker });
ofQueue(deployed);
ofCleanup(deployed);
ofDependencies(deployed);
ofHistory(deployed);
ofRetries(deployed);
ofRollback(deployed);
ofRecovery(deployed);
ofResume(deployed);
ofReconciling(deployed);
// Last: a redrive of the console brings back every letter that lies there.
ofLetters(deployed);
