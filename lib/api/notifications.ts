import { RepriseError } from '../core/errors';
import { targetAt } from '../core/messages/address';
import type { Notice, TargetMessage } from '../core/messages/target';
import type { Clock } from '../core/model/time';
import type { Notifications, TargetDefinition } from '../core/notify/rules';
import type { StreamAsker, StreamReader } from '../core/ports/streams';
import { byName, pageOf } from './page';
import { type ApiRequest, type Served, serve } from './route';
import { ROUTES } from './routes';
import { targetBody, targetSummary } from './views/target';

export interface NotificationRouteDeps {
  readonly streams: StreamAsker & StreamReader<'target'>;
  readonly config: () => Promise<Notifications>;
  readonly clock: Clock;
}

const TARGET_KEYS = {
  name: byName,
  parked: ({ parked }: { readonly parked: number }) => parked,
  alerts: ({ alerts }: { readonly alerts: number }) => alerts,
};

/** Targets of notifications: how they stand, and what people do about them. */
export function notificationRoutes(deps: NotificationRouteDeps): readonly Served[] {
  const { streams, config, clock } = deps;
  return [
    serve(ROUTES.listTargets, async ({ query }) => {
      const targets = Object.entries((await config()).targets).map(async ([name, definition]) => {
        const { state } = await streams.view(targetAt(name));
        return targetSummary(name, definition, state, clock());
      });
      const all = await Promise.all(targets);
      const wanted = all.filter(({ breaker }) => query.breaker === undefined || breaker === query.breaker);
      const { shown, ...next } = pageOf(wanted, query, { id: byName, keys: TARGET_KEYS });
      return { status: 200, body: { targets: [...shown], ...next } };
    }),
    serve(ROUTES.getTarget, async ({ params: { name } }) => ({
      ...{ status: 200, body: await viewOf(deps, name) },
    })),
    serve(ROUTES.testTarget, async (request) => {
      const notice = sampleOf(request.requestId, request.caller.subject, clock());
      return tell(deps, request, { type: 'notify', notice, telling: { rule: 'test', dedupeMs: 0 } });
    }),
    serve(ROUTES.acknowledgeAlert, async (request) => {
      const { alert } = request.body;
      const { state } = await streams.view(targetAt(request.params.name));
      if (!state.alerts.some(({ notice: { id } }) => id === alert)) {
        const message = `alert: no alert ${alert} is open at ${request.params.name}: \`reprise notify show\` lists those that are`;
        throw new RepriseError('INPUT_INVALID', message);
      }
      return tell(deps, request, { type: 'acknowledge', alert, by: request.caller.subject });
    }),
    serve(ROUTES.redriveTarget, async (request) => {
      const { deliveries } = request.body;
      const by = request.caller.subject;
      return tell(deps, request, { type: 'redrive', by, ...(deliveries && { deliveries }) });
    }),
  ];
}

type OfTarget = Pick<ApiRequest<(typeof ROUTES)['getTarget']>, 'caller' | 'params' | 'requestId' | 'traceId'>;

async function tell(deps: NotificationRouteDeps, request: OfTarget, message: TargetMessage) {
  const { caller, params, requestId, traceId } = request;
  await definitionOf(deps, params.name);
  const actor = { kind: 'user', id: caller.subject } as const;
  const origin = { id: `${message.type}/${requestId}`, actor, traceId };
  await deps.streams.ask({ to: targetAt(params.name), message }, origin);
  return { status: 200 as const, body: await viewOf(deps, params.name) };
}

async function viewOf(deps: NotificationRouteDeps, name: string) {
  const definition = await definitionOf(deps, name);
  return targetBody(name, definition, (await deps.streams.view(targetAt(name))).state, deps.clock());
}

/** @throws RepriseError INPUT_INVALID */
async function definitionOf({ config }: NotificationRouteDeps, name: string): Promise<TargetDefinition> {
  const { targets } = await config();
  const definition = Object.hasOwn(targets, name) ? targets[name] : undefined;
  if (definition) return definition;
  const known = Object.keys(targets).join(', ') || 'none';
  throw new RepriseError('INPUT_INVALID', `name: the rules have no target ${name}: they have ${known}`);
}

function sampleOf(id: string, by: string, at: number): Notice {
  return {
    ...{ id: `test/${id}`, type: 'orchestration.execution.completed', topic: 'execution', severity: 'info' },
    ...{ at, title: 'a notification of Reprise arrives here', text: `${by} tries this target out.` },
    ...{ facts: [], signature: `test/${id}`, sample: true },
  };
}
