import { RECOVERY_FAILED } from '../../lib/core/messages/public-event';
import type { EventPublisher } from '../../lib/core/ports/effects';
import { count, logger } from './telemetry';

/** What an alarm counts; lib/constructs/engine-alarms.ts. */
const METRIC = 'RecoveriesFailed';

/** A publisher that counts what a person has to do something about, once it is published. */
export function alarming(publisher: EventPublisher): EventPublisher {
  return {
    async publish(event) {
      await publisher.publish(event);
      if (event.type !== RECOVERY_FAILED) return;
      count(METRIC, 1);
      const { jobId, nodeId, recoveryId, cause, tried, why, traceId } = event.detail;
      logger.critical('orchestration_recovery_failed', {
        ...{ jobId, nodeId, recoveryId, cause, tried, why, traceId },
      });
    },
  };
}
