import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { Tracer } from '@aws-lambda-powertools/tracer';
import type { MiddlewareObj } from '@middy/core';

export const logger = new Logger();
export const tracer = new Tracer();
/** Under the namespace that the environment says; lib/constructs/function-variables.ts sets it. */
const metrics = new Metrics();

/** Adds to a count of this invocation. Names are part of the dashboards: rename with care. */
export function count(
  name:
    | 'JobsSubmitted'
    | 'RequestsRefused'
    | 'RequestsFailed'
    | 'CallbacksAccepted'
    | 'InputsDecided'
    | 'InputsPoisoned'
    | 'InputsPutOff'
    | 'AttemptsDispatched'
    | 'DispatchesRefused'
    | 'EffectsLeftToRelay'
    | 'EffectsLeftToSweep'
    | 'EffectsRelayed'
    | 'KeysUnavailable'
    | 'RecoveriesFailed'
    | 'WorkersLost'
    | 'WorkflowsLost'
    | 'GraphsRegistered'
    | 'GraphsCollected'
    | 'LettersLaid'
    | 'LettersReturned'
    | 'LettersArchived'
    | 'MessagesParked'
    | 'JobsLearned'
    | 'LeftoversRemoved'
    | 'LeftoversFailed'
    | 'MachinesBuilt'
    | 'MachinesRefused'
    | 'StatesRepaired'
    | 'RecordsLost'
    | 'StreamsAnchored',
  by = 1,
): void {
  metrics.addMetric(name, MetricUnit.Count, by);
}

/** The same, once more by what it was: in all, and by each of the dimensions. */
export function countOf(
  name: Parameters<typeof count>[0],
  dimensions: Readonly<Record<string, string>>,
): void {
  count(name);
  const single = metrics.singleMetric();
  for (const [dimension, value] of Object.entries(dimensions)) single.addDimension(dimension, value);
  single.addMetric(name, MetricUnit.Count, 1);
}

/** Publishes what an invocation counted. The library's own middleware warns of every invocation without a count. */
export function publishMetrics<Event, Result>(): MiddlewareObj<Event, Result> {
  const publish = () => {
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  };
  return { after: publish, onError: publish };
}
