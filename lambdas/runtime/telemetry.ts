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
    | 'MachinesBuilt'
    | 'MachinesRefused',
  by = 1,
): void {
  metrics.addMetric(name, MetricUnit.Count, by);
}

/** Publishes what an invocation counted. The library's own middleware warns of every invocation without a count. */
export function publishMetrics<Event, Result>(): MiddlewareObj<Event, Result> {
  const publish = () => {
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  };
  return { after: publish, onError: publish };
}
