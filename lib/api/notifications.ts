import type { TargetView } from '../contract/notifications';
import { RepriseError } from '../core/errors';
import { targetAt } from '../core/messages/address';
import type { Notice, TargetMessage } from '../core/messages/target';
import type { Clock } from '../core/model/time';
import type { Notifications, TargetDefinition } from '../core/notify/rules';
import type { StreamAsker, StreamReader } from '../core/ports/streams';
import { requireMatch, versionOf } from './if-match';
import { byName, pageOf } from './page';
import { type ApiRequest, type Commanding, commandOrigin, invalidInput, type Served, serve } from './route';
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
    serve(ROUTES.getTarget, async ({ params: { name } }) => {
      const body = await viewOf(deps, name);
      return { status: 200, body, version: versionIn(body) };
    }),
    serve(ROUTES.testTarget, async (request) => {
      await requireVersion(deps, request);
      const notice = sampleOf(request.requestId, request.caller.subject, clock());
      return tell(deps, request, { type: 'notify', notice, telling: { rule: 'test', dedupeMs: 0 } });
    }),
    serve(ROUTES.acknowledgeAlert, async (request) => {
      await requireVersion(deps, request);
      const { alert } = request.body;
      const { state } = await streams.view(targetAt(request.params.name));
      if (!state.alerts.some(({ notice: { id } }) => id === alert)) {
        const { name } = request.params;
        const message = `no alert ${alert} is open at ${name}: \`reprise notify show\` lists those that are`;
        throw invalidInput('alert', message);
      }
      return tell(deps, request, { type: 'acknowledge', alert, by: request.caller.subject });
    }),
    serve(ROUTES.redriveTarget, async (request) => {
      await requireVersion(deps, request);
      const { deliveries } = request.body;
      const by = request.caller.subject;
      return tell(deps, request, { type: 'redrive', by, ...(deliveries && { deliveries }) });
    }),
  ];
}

/** Of what people decide upon: which alerts are open, and what could not be sent. */
const versionIn = ({ open_alerts, parked_deliveries }: TargetView): string =>
  versionOf([open_alerts, parked_deliveries].map((some) => some.map(({ id }) => id)));

type OfTarget = Commanding & Pick<ApiRequest<(typeof ROUTES)['getTarget']>, 'params' | 'header'>;

async function tell(deps: NotificationRouteDeps, request: OfTarget, message: TargetMessage) {
  const { name } = request.params;
  await deps.streams.ask({ to: targetAt(name), message }, commandOrigin(message.type, request));
  return { status: 200 as const, body: await viewOf(deps, name) };
}

/** @throws RepriseError TARGET_NOT_FOUND, PRECONDITION_FAILED */
async function requireVersion(deps: NotificationRouteDeps, { params, header }: OfTarget): Promise<void> {
  requireMatch(header, versionIn(await viewOf(deps, params.name)));
}

async function viewOf(deps: NotificationRouteDeps, name: string) {
  const definition = await definitionOf(deps, name);
  return targetBody(name, definition, (await deps.streams.view(targetAt(name))).state, deps.clock());
}

/** @throws RepriseError TARGET_NOT_FOUND */
async function definitionOf({ config }: NotificationRouteDeps, name: string): Promise<TargetDefinition> {
  const { targets } = await config();
  const definition = Object.hasOwn(targets, name) ? targets[name] : undefined;
  if (definition) return definition;
  const known = Object.keys(targets).join(', ') || 'none';
  throw new RepriseError('TARGET_NOT_FOUND', `the rules have no target ${name}: they have ${known}`);
}

function sampleOf(id: string, by: string, at: number): Notice {
  return {
    ...{ id: `test/${id}`, type: 'orchestration.execution.completed', topic: 'execution', severity: 'info' },
    ...{ at, title: 'a notification of Reprise arrives here', text: `${by} tries this target out.` },
    ...{ facts: [], signature: `test/${id}`, sample: true },
  };
}
