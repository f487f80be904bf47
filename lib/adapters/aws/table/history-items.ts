import { type AttemptSample, HISTORY_MS, type RetrySample, sampleKey } from '../../../core/history/samples';
import { attemptsKey, failuresKey, ownRetriesKey, RETRIES, retryKey, signatureKey } from './keys';

type Item = Record<string, unknown>;

/** When the table forgets an item, in seconds. @param at milliseconds since the epoch. */
export const expiry = (at: number): number => Math.ceil(at / 1_000);

/** Failed attempts are in the index as well, where flakes are looked for. */
export function attemptItem(owner: string, sample: AttemptSample): Item {
  const sk = sampleKey(sample);
  const index = sample.passed ? {} : { gsi1pk: failuresKey(owner), gsi1sk: sk };
  return {
    pk: attemptsKey(owner, sample.node),
    sk,
    ...sample,
    ...index,
    ttl: expiry(sample.at + HISTORY_MS),
  };
}

/** A retry under its signature, where it is in the index of its owner, and once more among those of everyone. */
export function retryItems(owner: string, sample: RetrySample): Item[] {
  const key = sampleKey(sample);
  const item = { ...sample, ttl: expiry(sample.at + HISTORY_MS) };
  return [
    {
      ...{ pk: signatureKey(sample.signature), sk: retryKey(key), ...item },
      ...{ gsi1pk: ownRetriesKey(owner), gsi1sk: key },
    },
    { pk: RETRIES, sk: key, ...item },
  ];
}
