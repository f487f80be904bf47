import type { Command } from 'commander';
import { createFileJournalStore } from '../adapters/embedded/disk/journal-store';
import { createFileLoads } from '../adapters/embedded/runtime/loads';
import { type CapacityClient, createCapacityClient } from '../adapters/http/capacity-client';
import { compute } from '../adapters/system';
import { bottlenecksBody, capacityBody, whatIfBody } from '../api/views/capacity';
import { whatIfRequest } from '../contract/capacity';
import { parse } from '../contract/read';
import { createLoadAnswers } from '../core/capacity/answers';
import { parsePrices } from '../core/capacity/capacity-fleet';
import { LIMITS } from '../core/limits';
import type { Clock } from '../core/model/time';
import { askBy, type ConnectOptions, withHistory } from './connect';
import { wholeNumber } from './numbers';
import { layoutAt } from './options';

/** Options of every command that looks at recorded jobs. */
export interface RecordedOptions extends ConnectOptions {
  readonly pool: string;
  readonly jobs: number;
  readonly json?: boolean;
}

/** @param usual how many jobs are looked at where nothing is said. */
export function withRecorded(command: Command, usual: number): Command {
  return withHistory(command)
    .option('--pool <pool>', 'the pool whose jobs are looked at', 'default')
    .option(
      '--jobs <n>',
      'the latest jobs that are over, at most',
      wholeNumber('--jobs', { most: LIMITS.replayedJobs }),
      usual,
    )
    .option('--json', 'print one JSON document');
}

/** Asks the engine of `--api`, or else the journals of the directory: whether a daemon serves them or not. */
export function consultCapacity<T>(
  options: ConnectOptions,
  question: (desk: CapacityClient) => Promise<T>,
): Promise<T> {
  if (options.api !== undefined) return askBy(createCapacityClient, options, question);
  return question(localDesk(options.journal, Date.now));
}

function localDesk(dir: string, clock: Clock): CapacityClient {
  const layout = layoutAt(dir);
  const loads = createFileLoads(layout, createFileJournalStore(layout));
  const desk = { loads, answers: createLoadAnswers(compute) };
  return {
    bottlenecks: (question) => bottlenecksBody(desk, question),
    plan({ targetWaitSeconds, horizonHours, prices, ...of }) {
      const options = { at: clock(), targetWaitMs: targetWaitSeconds * 1_000, horizonHours };
      return capacityBody(desk, {
        ...of,
        ...options,
        prices: prices === undefined ? {} : parsePrices(prices),
      });
    },
    whatIf(request) {
      const { pool, jobs, ...asked } = parse(whatIfRequest, request);
      return whatIfBody(desk, { pool, jobs }, asked);
    },
  };
}

/** Prices as they are written: that they can be read is found out at once. */
export function checkedPrices(text: string): string {
  parsePrices(text);
  return text;
}
