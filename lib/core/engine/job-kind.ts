import { LRUCache } from 'lru-cache';
import type { GraphIndex } from '../dag/graph-index';
import { RepriseError } from '../errors';
import { judgeDue, judgeEdited } from '../job/conditions';
import { followed, jobDecider } from '../job/decider';
import { jobEffects } from '../job/effects';
import type { JobEvent } from '../job/events';
import type { JobInput } from '../job/input';
import { recallTokens } from '../job/recall';
import { unsettled } from '../job/settle';
import { freezeJob, JOB_FOLD, thawJob } from '../job/snapshot';
import type { JobState } from '../job/state';
import type { Recorded } from '../journal/envelope';
import { LIMITS } from '../limits';
import { jobAt, streamOf } from '../messages/address';
import type { JobMessage } from '../messages/job';
import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';
import type { Random } from '../model/time';
import type { ConditionEvaluator } from '../ports/conditions';
import type { JournalStore } from '../ports/stores';
import { jobListing } from '../projections/listing';
import { measureJob } from '../projections/measures';
import { changeOf } from './change-of';
import { diagnosisOf } from './diagnosis-of';
import { type AssessmentDeps, assessed } from './evidence';
import { createGraphIndexes, type GraphIndexDeps } from './graph-indexes';
import type { Kind, Next } from './kind';

export interface JobKindDeps extends AssessmentDeps, GraphIndexDeps {
  readonly journal: Pick<JournalStore, 'read'>;
  readonly random: Random;
  readonly conditions: ConditionEvaluator;
}

export type JobKind = Kind<JobMessage, JobState, JobInput, JobEvent, { readonly index: GraphIndex }>;

/** Jobs: each is decided over its graph. The first event of its stream names one; a later one may name another. */
export function jobKind(deps: JobKindDeps): JobKind {
  const { of: indexOf } = createGraphIndexes(deps);
  const hashes = new LRUCache<string, string>({ max: LIMITS.knownJobs });

  async function journalledHash(jobId: string): Promise<string | undefined> {
    const known = hashes.get(jobId);
    if (known !== undefined) return known;
    for await (const event of deps.journal.read(streamOf(jobAt(jobId)), 1)) {
      const first = event as Recorded<JobEvent>;
      if (first.type !== 'job.submitted') break;
      hashes.set(jobId, first.data.graphHash);
      return first.data.graphHash;
    }
    return undefined;
  }

  return {
    fold: {
      ...{ name: JOB_FOLD, freeze: freezeJob, thaw: thawJob },
      weight: ({ nodes, outputBytes }) => nodes.length + Math.ceil(outputBytes / 1_024),
    },
    listing: jobListing,
    inputOf: (message) => message,
    isOfNoUse,
    async open(jobId, messages, held) {
      const submit = messages.find((message) => message.type === 'submit');
      const known = held?.submitted?.graphHash ?? (await journalledHash(jobId));
      const graphHash = known ?? submit?.graphHash;
      if (graphHash === undefined) {
        throw new RepriseError('JOB_NOT_FOUND', `no job ${jobId} in this journal`, { context: { jobId } });
      }
      const first = await indexOf(graphHash, submit !== undefined);
      const others = new Map<string, GraphIndex>();
      const other = (hash: string) => others.get(hash) ?? unready(jobId, hash);
      const at = (state: ReadOnly<JobState>) => followed(first, other, state);
      return {
        extra: (state) => ({ index: at(state) }),
        decider: jobDecider(first, other),
        ready(next) {
          const hash = graphNamed(next);
          if (hash === undefined || hash === first.hash || others.has(hash)) return undefined;
          return indexOf(hash).then((index) => void others.set(hash, index));
        },
        prepare: (state, input) => prepared({ ...deps, indexOf }, { jobId, index: at(state), state }, input),
        async followUp(state, now) {
          if (!unsettled(state)) return undefined;
          const conditions = await judgeDue(at(state), state, deps.conditions);
          return { type: 'settle', conditions, at: now, random: deps.random() };
        },
        measure: measureJob(at),
        recall: (state, events) => {
          const read = () => deps.journal.read(streamOf(jobAt(jobId)), 1);
          return recallTokens(at(state), state, { events, read });
        },
        effects: (state, event, traceId) => {
          const context = { jobId, index: at(state), state, traceId };
          const escalation = deps.configuration?.()['recovery.escalation'];
          return jobEffects({ ...context, ...present({ escalation }) }, event);
        },
      };
    },
  };
}

/** The graph that a job follows from here on, where that is said. */
function graphNamed(next: Next<JobState, JobEvent>): string | undefined {
  if ('state' in next) return next.state.graphHash;
  return next.event.type === 'job.replanned' ? next.event.data.graphHash : undefined;
}

function unready(jobId: string, graphHash: string): never {
  throw new Error(`job ${jobId} goes on over the graph ${graphHash}, which was not made ready`);
}
/**
 * A trigger can cancel a job before the job is submitted; the job is then never created. A letter may outlive it, and so may
 * its workflow, which a person has redriven after the cleanup: nothing answers that, and the reconciler stops it.
 */
const OF_NO_USE: ReadonlySet<JobMessage['type']> = new Set([
  ...(['cancel', 'overrule'] as const),
  ...(['nodeEntered', 'allEntered', 'outcomeAwaited', 'workflowEnded'] as const),
]);

const isOfNoUse = (message: JobMessage): boolean =>
  OF_NO_USE.has(message.type) ||
  ((message.type === 'retry' || message.type === 'rollback') && message.order !== undefined);

interface Judged {
  readonly jobId: string;
  readonly index: GraphIndex;
  readonly state: ReadOnly<JobState>;
}

/** An input with what its decision depends on beside the state. */
async function prepared(
  deps: JobKindDeps & { readonly indexOf: (graphHash: string) => Promise<GraphIndex> },
  { jobId, index, state }: Judged,
  input: JobInput,
): Promise<JobInput> {
  if (input.type === 'reclassify') {
    const diagnosis = await diagnosisOf(deps.journal, jobId, input);
    return { ...input, ...present({ diagnosis }) };
  }
  if (input.type === 'resume') {
    const change = await changeOf(deps, { jobId, index, state }, input.graphHash);
    return { ...input, ...present({ change }) };
  }
  if (input.type === 'retry' && input.inputs) {
    const { inputs } = input;
    const given = await judgeEdited(index, state, { inputs, judge: deps.conditions.judge });
    return { ...input, given };
  }
  return assessed(deps, { jobId, index }, state, input);
}
