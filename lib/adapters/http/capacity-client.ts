import type { BottlenecksView, CapacityView, WhatIfRequest, WhatIfView } from '../../contract/capacity';
import { present } from '../../core/model/present';
import { type ClientOptions, createClientCaller } from './api-caller';

/** Which jobs a question is about: the latest of a pool. */
export interface CapacityQuestion {
  readonly pool: string;
  readonly jobs: number;
}

export interface PlanQuestion extends CapacityQuestion {
  readonly targetWaitSeconds: number;
  readonly horizonHours: number;
  /** Such as `0.10,gpu=0.90`. */
  readonly prices: string | undefined;
}

/** The part of the REST API about what bounds jobs and what fleet they need. */
export interface CapacityClient {
  readonly bottlenecks: (question: CapacityQuestion) => Promise<BottlenecksView>;
  readonly plan: (question: PlanQuestion) => Promise<CapacityView>;
  readonly whatIf: (request: WhatIfRequest) => Promise<WhatIfView>;
}

export function createCapacityClient(options: ClientOptions): CapacityClient {
  const ask = createClientCaller(options);
  return {
    bottlenecks: ({ pool, jobs }) => ask('getBottlenecks', { query: { pool, jobs } }),
    plan({ pool, jobs, targetWaitSeconds, horizonHours, prices }) {
      const query = { target_wait_seconds: targetWaitSeconds, horizon_hours: horizonHours };
      return ask('getCapacity', { query: { pool, jobs, ...query, ...present({ worker_hour_usd: prices }) } });
    },
    whatIf: (body) => ask('whatIf', { body }),
  };
}
