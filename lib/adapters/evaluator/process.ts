import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A process of its own that evaluates one condition at a time. */
export interface EvaluatorProcess {
  /** Never rejects. Of one that is late or dead no more can be asked. */
  readonly ask: (condition: string) => Promise<Answer>;
  readonly close: () => void;
}

export type Answer =
  | { readonly kind: 'answer'; readonly said: unknown }
  | { readonly kind: 'late' }
  | { readonly kind: 'dead' };

export interface EvaluatorOptions {
  /** What the process runs. */
  readonly script: string;
  /** Milliseconds that it has for one condition. */
  readonly limitMs: number;
  /** MiB of its heap. What a condition builds past them ends the process, and no other one. */
  readonly heapMb: number;
}

const START_MS = 30_000;
/** A timer that strikes so much too late says that this process stood still, and the other one with it. */
const STOOD_STILL_MS = 1_000;

/** Bundled it stands beside the bundle; from the sources whoever runs those runs it too. */
export function evaluatorScript(): string {
  const bundled = [join(__dirname, 'evaluator.js'), join(__dirname, 'cli/evaluator.js')];
  return bundled.find((file) => existsSync(file)) ?? join(__dirname, 'main.ts');
}

/**
 * A worker thread would not do: a text or list that V8 cannot get memory for at once ends the whole process,
 * whatever limits the thread has.
 * @throws Error when it does not start
 */
export async function startEvaluator({
  script,
  limitMs,
  heapMb,
}: EvaluatorOptions): Promise<EvaluatorProcess> {
  const loader = script.endsWith('.ts') ? process.execArgv : [];
  // Without our environment: what a condition may see is what it is given. Detached, as a Ctrl-C is for us alone.
  const child = spawn(process.execPath, [...loader, `--max-old-space-size=${heapMb}`, script], {
    cwd: '/',
    env: {},
    detached: true,
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const close = () => {
    child.kill('SIGKILL');
    if (child.connected) child.disconnect();
  };
  const first = await next(child, START_MS);
  if (first.kind !== 'message') {
    close();
    throw new Error(
      `${script} ${first.kind === 'late' ? `is not ready after ${START_MS} ms` : 'ended at once'}`,
    );
  }
  hold(child, false);

  return {
    close,
    async ask(condition) {
      hold(child, true);
      const heard = next(child, limitMs);
      child.send(condition, () => undefined);
      const what = await heard;
      if (what.kind === 'message') {
        hold(child, false);
        return { kind: 'answer', said: what.message };
      }
      close();
      return { kind: what.kind };
    },
  };
}

type Heard = { readonly kind: 'message'; readonly message: unknown } | { readonly kind: 'late' | 'dead' };

/** The next that is heard of a process: a message, its end, or nothing in all the time there is. */
function next(child: ChildProcess, limitMs: number): Promise<Heard> {
  return new Promise((resolve) => {
    const onMessage = (message: unknown) => hear({ kind: 'message', message });
    const onEnd = () => hear({ kind: 'dead' });
    let timer: NodeJS.Timeout;
    function wait(): void {
      const due = Date.now() + limitMs;
      timer = setTimeout(() => {
        if (Date.now() - due > STOOD_STILL_MS) wait();
        // What was heard while this process was busy comes first.
        else setImmediate(() => hear({ kind: 'late' }));
      }, limitMs);
    }
    function hear(heard: Heard): void {
      clearTimeout(timer);
      child.off('message', onMessage).off('disconnect', onEnd).off('error', onEnd).off('exit', onEnd);
      resolve(heard);
    }
    child.on('message', onMessage).on('disconnect', onEnd).on('error', onEnd).on('exit', onEnd);
    wait();
    if (child.exitCode !== null || child.signalCode !== null || (child.pid !== undefined && !child.connected))
      onEnd();
  });
}

/** Whether this process stays for the other one's sake: only while that works. */
function hold(child: ChildProcess, isHeld: boolean): void {
  if (isHeld) {
    child.ref();
    child.channel?.ref();
  } else {
    child.unref();
    child.channel?.unref();
  }
}
