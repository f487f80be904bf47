import type { HealthView } from '../contract/health';
import type { Health } from '../core/health/health';
import { present } from '../core/model/present';
import { type Served, serve } from './route';
import { ROUTES } from './routes';

/** How the engine is, with all that it depends on. @param checkup looks, or says what it saw a moment ago. */
export function getHealth(checkup: () => Promise<Health>): Served {
  return serve(ROUTES.getHealth, async () => {
    const health = await checkup();
    return answer(health.status, 'the engine and what it depends on', checksOf(health));
  });
}

/**
 * Whether the process is to be ended (`/health/live`: never, as long as it answers) and whether it is to get calls
 * (`/health/ready`). Neither says what is wrong: who may know that asks `/health`.
 */
export function probes(checkup: () => Promise<Health>): readonly Served[] {
  return [
    serve(ROUTES.getLiveness, async () => answer('pass', 'the process answers')),
    serve(ROUTES.getReadiness, async () => answer((await checkup()).status, 'calls can be served')),
  ];
}

function answer(status: HealthView['status'], description: string, checks?: HealthView['checks']) {
  const body: HealthView = {
    status,
    version: '1',
    serviceId: 'reprise',
    description,
    ...present({ checks }),
  };
  return { status: status === 'fail' ? (503 as const) : (200 as const), body };
}

function checksOf({ checks }: Health): NonNullable<HealthView['checks']> {
  const views: NonNullable<HealthView['checks']> = {};
  for (const { component, measurement, type, status, observed, output, at } of checks) {
    views[`${component}:${measurement}`] = [
      {
        componentType: type,
        ...{ observedValue: observed.value, observedUnit: observed.unit, status },
        time: new Date(at).toISOString(),
        ...present({ output }),
      },
    ];
  }
  return views;
}
