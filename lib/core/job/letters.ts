import type { GraphIndex } from '../dag/graph-index';
import { namedTest } from '../history/test-key';
import type { Recorded } from '../journal/envelope';
import { LIMITS } from '../limits';
import { letterAt } from '../messages/address';
import { type Effect, effectsOf } from '../messages/effect';
import { type Closing, type Letter, letterGroup, letterIdOf, signatureOfWords } from '../messages/letter';
import type { Diagnosis } from '../model/failure';
import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';
import type { TestSummary } from '../model/test-results';
import type { FailureEvidence, JobEvent, NodeCompleted, RollbackEvent, StepGivenUp } from './events';
import { nodeById } from './nodes';
import type { JobState, NodeState } from './state';

interface LetterContext {
  readonly jobId: string;
  readonly index: GraphIndex;
  readonly state: ReadOnly<JobState>;
}

/** Failures of nodes whose workers died under them too often are of one kind, whoever the workers were. */
export const LOST_TOO_OFTEN: FailureEvidence = { signature: signatureOfWords('lost its worker too often') };

/** What the end of a node says of its last attempt, for whoever is to mend it. */
export function evidenceOf(
  diagnosis: Diagnosis | undefined,
  tests: TestSummary | undefined,
): FailureEvidence | undefined {
  if (!diagnosis && !tests?.failed.length) return undefined;
  const { class: failureClass, confidence, signature } = diagnosis ?? {};
  const named = tests?.failed.slice(0, LIMITS.letterTests).map((id) => namedTest(id).name) ?? [];
  const unlisted = tests ? tests.failed.length + tests.unlisted - named.length : 0;
  return present({
    ...{ class: failureClass, confidence, signature },
    tests: named.length > 0 ? named : undefined,
    testsUnlisted: unlisted > 0 ? unlisted : undefined,
  });
}

/** Under which signature the end of a node is parked for a person; undefined where there is nothing to see to. */
export function parkedUnder(
  { fanOut }: Pick<ReadOnly<NodeState>, 'fanOut'>,
  { outcome, reason = '', evidence }: NodeCompleted,
): string | undefined {
  // A fan-out only gathers: its items have letters of their own.
  if (outcome !== 'failed' || fanOut !== undefined) return undefined;
  return evidence?.signature ?? signatureOfWords(reason);
}

const FAILED_ELSEWHERE = 'it failed in another way, which has a letter of its own';

type Completed = Extract<JobEvent, { type: 'node.completed' }>;
type Overruled = Extract<JobEvent, { type: 'node.overruled' }>;
type Refused = Extract<JobEvent, { type: 'job.retryRefused' }>;

/**
 * What the letters of a node hear of its end: a failure for good is parked, and those that lie elsewhere are closed. A
 * node that went on since has another end to tell. What could not be undone of one that succeeds again is what it did.
 */
export function lettersOfEnd(context: LetterContext, event: Recorded<Completed>): Effect[] {
  const { data, at } = event;
  const node = nodeById(context.index, context.state, data.nodeId)?.node;
  if (!node) return [];
  const under = parkedUnder(node, data);
  const isCurrent = node.phase === 'final' && node.finishedAt === at && node.attempt === data.attempts;
  const why = under === undefined ? data.reason : FAILED_ELSEWHERE;
  const outcome = data.failedUpstream ? 'refused' : data.outcome;
  const others = (node.letters ?? []).filter((signature) => signature !== under);
  return [
    ...others.map((signature) => closing(context, event, { signature, outcome, why })),
    ...(under !== undefined && isCurrent ? [parking(context, event, { node, signature: under })] : []),
    ...(data.outcome === 'succeeded' && isCurrent ? redone(context, event, node) : []),
  ];
}

function redone(context: LetterContext, event: OfNode, { stepLetter }: ReadOnly<NodeState>): Effect[] {
  if (stepLetter === undefined) return [];
  const why = 'the node has run again and succeeded: nothing of this is left to be undone';
  return [closing(context, event, { kind: 'rollback', signature: stepLetter, outcome: 'succeeded', why })];
}

/** A person has said how a node counts. */
export function lettersOfOverruled(context: LetterContext, event: Recorded<Overruled>): Effect[] {
  const { nodeId, outcome, by, reason } = event.data;
  const node = nodeById(context.index, context.state, nodeId)?.node;
  const why = `${by}: ${reason}`;
  return (node?.letters ?? []).map((signature) => closing(context, event, { signature, outcome, why }));
}

/** An order to run nodes again that came to nothing: their letters hear why. What runs meanwhile tells them itself. */
export function lettersOfRefused(context: LetterContext, event: Recorded<Refused>): Effect[] {
  const { order, nodes = [], why } = event.data;
  if (order === undefined) return [];
  return nodes.flatMap((nodeId) => {
    const node = nodeById(context.index, context.state, nodeId)?.node;
    const of = { ...event, data: { nodeId } };
    // One that the job has no more says nothing itself.
    const { letters = [], stepLetter: step } = node ?? context.state.retired.get(nodeId) ?? {};
    const ofStep = { kind: 'rollback', outcome: 'refused', why } as const;
    const steps = step === undefined ? [] : [closing(context, of, { ...ofStep, signature: step })];
    if (node && node.phase !== 'final') return steps;
    const outcome = node?.outcome === 'succeeded' ? 'succeeded' : 'refused';
    return [...letters.map((signature) => closing(context, of, { signature, outcome, why })), ...steps];
  });
}

/** Under which signature a step that is given up is parked. */
export function stepSignature({ reason, evidence }: Pick<StepGivenUp, 'reason' | 'evidence'>): string {
  return evidence?.signature ?? signatureOfWords(reason);
}

/** What could not be undone is parked, and what was undone after all is closed. */
export function lettersOfStep(context: LetterContext, event: Recorded<RollbackEvent>): Effect[] {
  if (event.type !== 'rollback.stepGivenUp' && event.type !== 'rollback.stepSucceeded') return [];
  const { stream, seq } = event;
  const node = nodeById(context.index, context.state, event.data.nodeId)?.node;
  if (!node) return [];
  if (event.type === 'rollback.stepSucceeded') {
    const signature = node.stepLetter;
    const of = { kind: 'rollback' as const, outcome: 'succeeded' as const };
    return signature === undefined ? [] : [closing(context, event, { ...of, signature })];
  }
  const { nodeId, why, reason, evidence = {}, parkedBefore } = event.data;
  const signature = stepSignature(event.data);
  const said = { reason, why, evidence, attempts: node.attempt };
  const elsewhere = { kind: 'rollback', outcome: 'failed', why: FAILED_ELSEWHERE } as const;
  return [
    ...(parkedBefore === undefined
      ? []
      : [closing(context, event, { ...elsewhere, signature: parkedBefore })]),
    parking(context, { stream, seq, data: { nodeId, ...said } }, { kind: 'rollback', node, signature }),
  ];
}

interface OfNode {
  readonly stream: string;
  readonly seq: number;
  readonly data: { readonly nodeId: string };
}

interface Closed {
  readonly kind?: 'node' | 'rollback';
  readonly signature: string;
  readonly outcome: Closing;
  readonly why?: string | undefined;
}

function closing(
  { jobId, state }: LetterContext,
  { stream, seq, data: { nodeId } }: OfNode,
  { kind = 'node', signature, outcome, why }: Closed,
): Effect {
  const group = letterGroup(state.submitted?.owner ?? '', signature);
  const letterId = letterIdOf(kind, jobId, nodeId);
  const message = {
    type: 'closed' as const,
    ...{ letterId, seq, outcome },
    ...present({ why: why?.slice(0, LIMITS.reasonLength) }),
  };
  return effectsOf({ stream, seq })(
    { kind: 'send', to: letterAt(group), message },
    `closed/${nodeId}/${signature}${kind === 'node' ? '' : `/${kind}`}`,
  );
}

/** What has failed for good, as the journal says it. */
interface Failed {
  readonly stream: string;
  readonly seq: number;
  readonly data: Pick<NodeCompleted, 'nodeId' | 'attempts' | 'reason' | 'why' | 'evidence'>;
}

interface Parking {
  readonly kind?: 'node' | 'rollback';
  readonly node: ReadOnly<NodeState>;
  readonly signature: string;
}

function parking(
  { jobId, state }: LetterContext,
  { stream, seq, data }: Failed,
  { kind = 'node', node, signature }: Parking,
): Effect {
  const { nodeId, attempts, reason = '', why, evidence } = data;
  const { owner = '', name, graphHash, jobType } = state.submitted ?? {};
  const { class: failureClass, confidence, tests, testsUnlisted } = evidence ?? {};
  const letter: Letter = {
    ...{ letterId: letterIdOf(kind, jobId, nodeId), kind, owner, signature },
    ...{
      said: reason.slice(-LIMITS.messageLength),
      why: (why ?? firstLine(reason)).slice(0, LIMITS.reasonLength),
    },
    ...{ jobId, nodeId, attempt: attempts },
    ...present({
      ...{ class: failureClass, confidence, tests, testsUnlisted },
      ...{ graph: name, graphHash, jobType, workerId: node.workerId },
    }),
  };
  const message = { type: 'park' as const, letter, seq };
  return effectsOf({ stream, seq })(
    { kind: 'send', to: letterAt(letterGroup(owner, signature)), message },
    'park',
  );
}

const firstLine = (text: string): string => text.split('\n', 1)[0]?.trim() ?? '';
