import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { removeRulesOfTriggers } from '../../lib/adapters/aws/events/trigger-sources';
import { readEnv } from '../runtime/env';
import { instrumented } from '../runtime/instrumented';
import { logger } from '../runtime/telemetry';
import { eventBridge } from '../shared/clients/event-bridge';
import { createClean } from './clean';

const { EVENT_BUS_NAME } = readEnv('EVENT_BUS_NAME');

const clean = createClean({
  async removeRules() {
    const removed = await removeRulesOfTriggers(eventBridge(), EVENT_BUS_NAME);
    logger.info('removed the rules of triggers', { removed });
    return removed;
  },
  async respond(url, answer) {
    // The address is signed for exactly this: a PUT without a content type.
    const { ok, status } = await fetch(url, {
      method: 'PUT',
      body: JSON.stringify(answer),
      headers: { 'Content-Type': '' },
    });
    if (!ok) throw new Error(`CloudFormation did not take the answer: ${status}`);
  },
});

export const handler = instrumented((event: CloudFormationCustomResourceEvent) => clean(event));
