import { join } from 'node:path';
import { type JobLock, lockJob } from '../adapters/embedded/disk/lock';
import { makePassableDir, makePrivateDir } from '../adapters/embedded/disk/privacy';
import { createProcessExecutor } from '../adapters/embedded/process/executor';
import type { RunAs } from '../adapters/embedded/process/guard';
import { checkReach } from '../adapters/embedded/process/run-as';
import { createEngineClient } from '../adapters/http/engine-client';
import { SYSTEM } from '../adapters/system';
import { fromRequestBody, isEnding, refOf } from '../contract/execution-wire';
import type { ExecutionRequestBody } from '../contract/executions';
import { isRepriseError, RepriseError } from '../core/errors';
import type { AttemptReport } from '../core/messages/report';
import type { AttemptRef } from '../core/model/attempt';
import { attemptKey, attemptOf } from '../core/model/attempt';
import { present } from '../core/model/present';
import type { Resources } from '../core/model/resources';
import type { Clock } from '../core/model/time';
import type { Secrets } from '../core/ports/secrets';
import { type PushOptions, pullChannel, pushChannel, type Reception } from './channel';
import type { Log } from './log';
import { createMembership } from './membership';
import { openAttempts } from './open-attempts';
import { createOutbox } from './outbox';
import { createReportDesk } from './report-desk';
import type { Acceptance } from './server';
import { createStarts } from './starts';

export interface AgentOptions {
  readonly api: string;
  /** JWT with the scope of workers. */
  readonly token: string;
  readonly id: string;
  readonly pool: string;
  readonly labels: readonly string[];
  readonly slots: number;
  /** Amounts of named resources that its work shares, such as `{ browserLicences: 2 }`. */
  readonly resources?: Resources;
  /** Where the engine calls this worker; without it the worker pulls, and listens on nothing. */
  readonly push?: PushOptions;
  /** Kept between runs: a worker that starts again with it adopts the attempts it left. */
  readonly workDir: string;
  readonly suites: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  /** What it knows of the secrets that commands name. */
  readonly secrets?: Secrets;
  /** Whom commands run as, where the agent is root. */
  readonly runAs?: RunAs;
  /** A shell's words in front of the shell of each command. */
  readonly isolate?: string;
  readonly log: Log;
  readonly clock: Clock;
  readonly graceMs?: number;
}

export interface Agent {
  /** Where it is called; none where it pulls. */
  readonly endpoint?: string;
  /** Takes nothing new and resolves when all that runs has ended and is reported. */
  readonly drain: () => Promise<void>;
  /** Ends all that runs; `drain` then resolves soon. */
  readonly kill: (reason: string) => Promise<void>;
  /** Leaves at once, as a crash would: commands run on for the next process to adopt. */
  readonly abandon: () => Promise<void>;
}

/** How long a worker in a hurry waits for the engine to take its last reports; the next start delivers the rest. */
const LAST_REPORTS_MS = 5_000;

/** Starts a worker: adopts what its last process left, serves the contract, joins its pool. */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const { id, slots, log, clock, graceMs, secrets, runAs, isolate } = options;
  const lock = await lockWorkDir(options);
  const open = openAttempts(join(options.workDir, 'open'));
  const stopped = new AbortController();
  const client = createEngineClient({
    api: options.api,
    token: options.token,
    retry: {
      signal: stopped.signal,
      onRetry: (error, delayMs) => log.warn('trying again', { error: error.message, in_ms: delayMs }),
    },
  });
  const send = createReportDesk({ client, workerId: id, timing: SYSTEM, signal: stopped.signal });
  const outbox = createOutbox({ send, open, log });
  const [running, starts] = [new Set<string>(), createStarts()];
  let isDraining = false;
  let hurry = () => {};
  const hurried = new Promise<void>((resolve) => {
    hurry = resolve;
  });

  const executor = createProcessExecutor({
    dir: join(options.workDir, 'jobs'),
    onReport: hear,
    clock,
    suites: options.suites,
    env: options.env,
    ...present({ graceMs, secrets, runAs, isolate }),
  });

  function hear(ref: AttemptRef, report: AttemptReport): void {
    const attempt = attemptKey(ref);
    if (isEnding(report)) {
      running.delete(attempt);
      const failure = report.type === 'failed' ? report.failure : undefined;
      const why = failure && { kind: failure.kind, error: failure.message.split('\n')[0] };
      log.info(report.type, { attempt, ms: Math.round(report.durationMs), ...why });
    } else log.info(report.type, { attempt });
    if (starts.heard(attempt, report)) outbox.report(ref, report);
  }

  async function run(body: ExecutionRequestBody): Promise<void> {
    const request = fromRequestBody(body);
    running.add(attemptKey(request));
    try {
      await executor.submit(request);
    } catch (error) {
      running.delete(attemptKey(request));
      throw error;
    }
  }

  async function accept(body: ExecutionRequestBody): Promise<Acceptance> {
    const ref = refOf(body);
    if (running.has(attemptKey(ref))) return 'accepted';
    // One that has ended takes no slot: its end is reported again.
    const isKnown = (await executor.status(ref)) !== 'unknown';
    if (isDraining && !isKnown) return 'draining';
    if (running.size >= slots && !isKnown) return 'full';
    // On disk before the answer: what is accepted is reported, whatever happens to this process.
    open.add(body);
    try {
      await run(body);
    } catch (error) {
      open.remove(ref);
      throw error;
    }
    membership.hasten();
    return 'accepted';
  }

  for (const body of open.all()) {
    log.info('taking over', { attempt: attemptKey(refOf(body)) });
    await run(body);
  }
  const load = () => ({ running: running.size, slots });
  const names = () => [...running].map(attemptOf);
  const reception: Reception = {
    ...{ engine: executor, accept: starts.answering(accept), load, running: names, log },
  };
  const channel = options.push
    ? await pushChannel(reception, { ...options.push, client })
    : pullChannel(reception, { api: options.api, token: options.token, onOpen: () => membership.beat() });
  const membership = createMembership({
    client: { registerWorker: client.registerWorker, heartbeat: channel.heartbeat },
    worker: {
      ...{ workerId: id, pool: options.pool, labels: options.labels, slots },
      ...present({ endpoint: channel.endpoint, resources: options.resources }),
    },
    ...{ running: () => running.size, unfinished: () => open.all().map(refOf) },
    onRegistered: channel.registered,
    onLost: () => executor.killAll('the engine held this worker for lost'),
    log,
  });

  async function abandon(): Promise<void> {
    membership.leave();
    stopped.abort();
    await executor.close();
    await channel.close();
    lock.release();
  }

  try {
    await membership.join();
    await channel.ready();
  } catch (error) {
    await abandon();
    throw error;
  }
  return {
    ...present({ endpoint: channel.endpoint }),
    async drain() {
      isDraining = true;
      membership.drain();
      log.info('taking nothing new', { running: running.size });
      await executor.drained();
      await Promise.race([outbox.drained(), hurried]);
      await abandon();
    },
    async kill(reason) {
      await executor.killAll(reason, 0);
      setTimeout(hurry, LAST_REPORTS_MS).unref();
    },
    abandon,
  };
}

async function lockWorkDir({ workDir: dir, runAs }: AgentOptions): Promise<JobLock> {
  try {
    if (runAs) {
      const jobs = join(dir, 'jobs');
      for (const each of [dir, jobs]) makePassableDir(each);
      checkReach(runAs, [jobs, process.cwd()]);
    } else makePrivateDir(dir);
    return await lockJob(dir, 'agent');
  } catch (cause) {
    if (!isRepriseError(cause, 'JOB_LOCKED')) throw cause;
    const message = `another agent works in ${dir}: stop it, or give this one another --id or --work-dir`;
    throw new RepriseError('JOB_LOCKED', message, { cause });
  }
}
