import type { Failing } from '../workload/scenario';
import type { Ground } from './ground';

/** A service is out at most once in a window, for at most this long; milliseconds. */
const OUT_MS = 2_000;
const WINDOW_MS = 20_000;

/** Which service a call goes to, by the first word of its name; one that is not listed is a service of its own. */
const SERVICES: Readonly<Record<string, string>> = {
  head: 'journal',
  read: 'journal',
  append: 'journal',
  confirm: 'journal',
  mark: 'journal',
  load: 'snapshots',
  save: 'snapshots',
  start: 'workflow',
  answer: 'workflow',
  outcome: 'workflow',
  stop: 'workflow',
  cancel: 'dispatch',
  status: 'dispatch',
  send: 'queues',
  timer: 'queues',
  execution: 'workflow',
  executions: 'workflow',
};

export interface Outages {
  /** Whether what a call of this kind goes to answers with errors now. */
  readonly isOut: (call: string) => boolean;
}

/** @param failing is out as it says, besides. */
export function createOutages({ time, faults }: Pick<Ground, 'time' | 'faults'>, failing?: Failing): Outages {
  const fails = (service: string) =>
    failing?.service === service && time.now() % failing.everyMs < failing.forMs && !faults.isOver();
  /** A window is judged once, whoever asks. */
  const verdicts = new Map<string, boolean>();
  return {
    isOut(call) {
      const service = SERVICES[call] ?? call;
      if (fails(service)) return true;
      const nth = Math.floor(time.now() / WINDOW_MS);
      const window = `${service} in window ${nth}`;
      const known = verdicts.get(window);
      if (known === false) return false;
      const into = time.now() - nth * WINDOW_MS;
      const from = faults.lot(`outage of ${window}`) * (WINDOW_MS - OUT_MS);
      if (into < from || into >= from + OUT_MS * faults.lot(`length of ${window}`)) return false;
      const verdict = known ?? faults.strikes('outage', window);
      verdicts.set(window, verdict);
      return verdict;
    },
  };
}
