import { isDeepStrictEqual } from 'node:util';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { expectedDuration, isTimed, SAMPLES_PER_NODE } from '../../../core/history/durations';
import { type AttemptSample, digestSchema, HISTORY_MS, sampleKey } from '../../../core/history/samples';
import { grouped } from '../../../core/model/grouped';
import type { Timing } from '../../../core/model/time';
import type { HistoryStore } from '../../../core/ports/history';
import { getMany, putAll } from './batches';
import { expiry } from './history-items';
import { durationKey } from './keys';

/** What attempts took, oldest first: each is known by its key, so that one which is told again changes nothing. */
const timedSamplesSchema = z.array(z.object({ key: z.string(), ms: z.number() })).min(1);
type TimedSamples = z.infer<typeof timedSamplesSchema>;

const itemSchema = z.object({ node: digestSchema, samples: timedSamplesSchema });

/** What nodes take, in the table: an item a node hash with its latest samples, so that a graph is looked up in few calls. */
export interface Durations extends Pick<HistoryStore, 'durationsOf'> {
  readonly learn: (attempts: readonly AttemptSample[]) => Promise<void>;
}

export function createDurations(
  client: DynamoDBDocumentClient,
  tableName: string,
  timing: Timing,
): Durations {
  async function known(nodes: readonly string[]): Promise<Map<string, TimedSamples>> {
    const items = await getMany(client, tableName, nodes.map(durationKey));
    return new Map(
      items.flatMap((item) => {
        const parsed = itemSchema.safeParse(item);
        return parsed.success ? [[parsed.data.node, parsed.data.samples] as const] : [];
      }),
    );
  }

  return {
    // Two that learn of a node at once may lose a sample of one, which costs an estimate.
    async learn(attempts) {
      const fresh = grouped(attempts.filter(isTimed), ({ node }) => node);
      const before = await known([...fresh.keys()]);
      const items = [...fresh].flatMap(([node, samples]) => {
        const after = withTimed(before.get(node) ?? [], samples);
        return isDeepStrictEqual(before.get(node), after) ? [] : [itemOf(node, after)];
      });
      await putAll(client, tableName, items, timing);
    },
    async durationsOf(nodes) {
      const found = await known(nodes);
      return new Map(
        [...found].map(([node, samples]) => [node, expectedDuration(samples.map(({ ms }) => ms))]),
      );
    },
  };
}

/** The latest of those that are known and those that have come. */
function withTimed(known: TimedSamples, attempts: readonly AttemptSample[]): TimedSamples {
  const byKey = new Map(known.map((sample) => [sample.key, sample]));
  for (const attempt of attempts) {
    const key = sampleKey(attempt);
    byKey.set(key, { key, ms: attempt.durationMs });
  }
  const inOrder = [...byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  return inOrder.slice(-SAMPLES_PER_NODE);
}

function itemOf(node: string, samples: TimedSamples): Record<string, unknown> {
  const latestAt = Number(samples.at(-1)?.key.split('#')[0]);
  return { ...durationKey(node), node, samples, ttl: expiry(latestAt + HISTORY_MS) };
}
