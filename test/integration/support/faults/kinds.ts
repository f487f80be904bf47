import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../../../lib/core/model/time';
import type { Call, CallAnswer, Fault } from './fault-proxy';
import { type FunctionProcess, functionProcesses, processAt } from './processes';

export interface Deaths {
  readonly fault: Fault;
  /** How often a process of each of the functions has died with a call under way. */
  readonly counts: ReadonlyMap<string, number>;
}

/**
 * The processes of functions die with a call under way: before the cloud has it, or when it has answered and nobody has heard.
 * @param victims parts of the names of functions, each to die `times` times; `chance`: that one of their calls is the last.
 */
export function deaths(
  stateDir: string,
  { victims, times, chance }: { victims: readonly string[]; times: number; chance: number },
  random: Random,
): Deaths {
  const counts = new Map(victims.map((victim) => [victim, 0]));
  const victimOf = ({ functionName }: FunctionProcess) =>
    victims.find((victim) => functionName.includes(victim) && (counts.get(victim) ?? 0) < times);

  async function fault(call: Call, pass: (call: Call) => Promise<CallAnswer>) {
    if (random() >= chance) return pass(call);
    const caller = processAt(call.callerPort, functionProcesses(stateDir));
    const victim = caller && victimOf(caller);
    if (caller === undefined || victim === undefined) return pass(call);
    counts.set(victim, (counts.get(victim) ?? 0) + 1);
    if (random() < 0.5) await pass(call);
    process.kill(caller.pid, 'SIGKILL');
    return undefined;
  }
  return { fault, counts };
}

/** At most so much later comes what comes twice, milliseconds. */
const AGAIN_MS = 1_500;

export interface Doubles {
  readonly fault: Fault;
  /** How many came twice, by action. */
  readonly counts: ReadonlyMap<string, number>;
}

/** What is sent to a queue or put on the bus comes twice, under another id for what would know it again; so do reports of workers. */
export function doubles(random: Random): Doubles {
  const counts = new Map<string, number>();
  return {
    counts,
    async fault(call, pass) {
      const answer = await pass(call);
      const again = secondTime(call);
      if (again && answer.status < 300) {
        const action = call.action || 'reports';
        counts.set(action, (counts.get(action) ?? 0) + 1);
        void sleep(random() * AGAIN_MS).then(() => pass(again).catch(() => undefined));
      }
      return answer;
    },
  };
}

const REPORTS = /\/workers\/[^/]+\/reports$/;

function secondTime(call: Call): Call | undefined {
  if (call.action === '' && call.method === 'POST' && REPORTS.test(call.path)) return call;
  if (call.action === 'PutEvents') return call;
  if (call.action !== 'SendMessage' && call.action !== 'SendMessageBatch') return undefined;
  const sent = JSON.parse(call.body.toString()) as Sent;
  const again = { ...renamed(sent), ...(sent.Entries && { Entries: sent.Entries.map(renamed) }) };
  return { ...call, body: Buffer.from(JSON.stringify(again)) };
}

interface Sent {
  readonly MessageDeduplicationId?: string;
  readonly Entries?: readonly Sent[];
}

function renamed(sent: Sent): Sent {
  const { MessageDeduplicationId: id } = sent;
  return id === undefined ? sent : { ...sent, MessageDeduplicationId: `${id.slice(0, 120)}-again` };
}

export interface Outages {
  readonly fault: Fault;
  readonly counts: ReadonlyMap<OutageKind, number>;
}

const OUTAGES = ['unreachable', 'throttled', 'slow', 'answerLost'] as const;
type OutageKind = (typeof OUTAGES)[number];

/** Longer than clients of the functions wait for an answer. */
const SLOW_MS = 3_500;

/** Of calls of the cloud some cannot reach it, some are refused for now, some are late, and of some the answer is lost. */
export function outages(chance: number, random: Random): Outages {
  const counts = new Map<OutageKind, number>();
  return {
    counts,
    async fault(call, pass) {
      if (random() >= chance) return pass(call);
      const kind = OUTAGES[Math.floor(random() * OUTAGES.length)] as OutageKind;
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      switch (kind) {
        case 'unreachable':
          return undefined;
        case 'throttled':
          return throttled(call);
        case 'slow':
          await sleep(random() * SLOW_MS);
          return pass(call);
        case 'answerLost':
          await pass(call);
          return undefined;
      }
    },
  };
}

function throttled({ action }: Call): CallAnswer {
  const isJson = action !== '';
  const text = isJson
    ? JSON.stringify({ __type: 'ThrottlingException', message: 'Rate exceeded' })
    : '<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>';
  const type = isJson ? 'application/x-amz-json-1.0' : 'application/xml';
  return { status: isJson ? 400 : 503, headers: { 'content-type': type }, body: Buffer.from(text) };
}
