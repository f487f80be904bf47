import { isRepriseError, RepriseError, withProblems } from '../core/errors';
import { streamOf, triggerAt } from '../core/messages/address';
import type { TriggerMessage } from '../core/messages/trigger';
import type { Clock } from '../core/model/time';
import type { TriggerList } from '../core/ports/registries';
import type { GraphStore, JournalStore } from '../core/ports/stores';
import type { StreamAsker, StreamReader } from '../core/ports/streams';
import { triggerIdOf } from '../core/trigger/id';
import { eventsPage } from './events-page';
import { graphOf } from './graph-of';
import { requirePool } from './pools';
import { type ApiRequest, type Served, serve } from './route';
import { ROUTES } from './routes';
import { definitionOf } from './trigger-definition';
import { summaryBody, triggerViewBody } from './views/trigger';

export interface TriggerRouteDeps {
  readonly streams: StreamAsker & StreamReader;
  readonly list: TriggerList;
  readonly journal: Pick<JournalStore, 'read'>;
  readonly graphs: GraphStore;
  readonly pools: readonly string[];
  readonly clock: Clock;
}

/** Triggers belong to whoever made them: names are looked up among the caller's own. */
export function triggerRoutes(deps: TriggerRouteDeps): readonly Served[] {
  return [
    serve(ROUTES.listTriggers, async ({ caller }) => {
      const triggers = await deps.list.list(caller.subject);
      return { status: 200, body: { triggers: triggers.flatMap(summaryBody) } };
    }),
    serve(ROUTES.getTrigger, async ({ caller, params: { name } }) => ({
      status: 200,
      body: await viewOf(deps, triggerIdOf(caller.subject, name), name),
    })),
    // Its journal, of which `GET /triggers/{name}` shows the last of.
    serve(ROUTES.getTriggerEvents, async ({ caller, params: { name }, query }) => {
      const triggerId = triggerIdOf(caller.subject, name);
      await viewOf(deps, triggerId, name);
      const page = await eventsPage(deps.journal, streamOf(triggerAt(triggerId)), query);
      return { status: 200, body: { name, ...page } };
    }),
    putTrigger(deps),
    command(deps, ROUTES.deleteTrigger, () => ({ type: 'delete' })),
    command(deps, ROUTES.pauseTrigger, ({ reason }) => ({ type: 'pause', reason })),
    command(deps, ROUTES.unpauseTrigger, ({ reason }) => ({ type: 'unpause', reason })),
    // Starts a job now, as the overlap policy allows; of a paused trigger too.
    serve(ROUTES.fireTrigger, async (request) => {
      const { name } = request.params;
      const triggerId = triggerIdOf(request.caller.subject, name);
      await viewOf(deps, triggerId, name);
      const message = { type: 'fire' as const, requestId: request.requestId };
      const events = await ask(deps, triggerId, message, request);
      const job_ids = events.flatMap((event) => (event.type === 'trigger.fired' ? [event.data.jobId] : []));
      return { status: 202, body: { name, job_ids } };
    }),
  ];
}

function putTrigger(deps: TriggerRouteDeps): Served {
  return serve(ROUTES.putTrigger, async (request) => {
    const {
      body,
      caller,
      params: { name },
    } = request;
    await ofJob(async () => requirePool(deps.pools, body.job.pool));
    // What is wrong with the definition comes before its graph is kept.
    const definition = definitionOf(name, body);
    const { hash } = await ofJob(() => graphOf(deps.graphs, body.job));
    const triggerId = triggerIdOf(caller.subject, name);
    const { state: before } = await deps.streams.view(triggerAt(triggerId));
    const isNew = before.status === 'none' || before.status === 'deleted';
    const message = { type: 'set' as const, owner: caller.subject, definition: definition(hash) };
    await ask(deps, triggerId, message, request);
    return { status: isNew ? 201 : 200, body: await viewOf(deps, triggerId, name) };
  });
}

/** Problems of the job get the path they have in the request. */
async function ofJob<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!isRepriseError(error)) throw error;
    throw withProblems(error, (problem) => ({ ...problem, path: `job.${problem.path}` }));
  }
}

type CommandRoute = (typeof ROUTES)['deleteTrigger' | 'pauseTrigger' | 'unpauseTrigger'];

function command<R extends CommandRoute>(
  deps: TriggerRouteDeps,
  route: R,
  messageOf: (body: ApiRequest<R>['body']) => TriggerMessage,
): Served {
  return serve<CommandRoute, 200>(route, async (request) => {
    const { name } = request.params;
    const triggerId = triggerIdOf(request.caller.subject, name);
    const before = await viewOf(deps, triggerId, name);
    const message = messageOf(request.body as ApiRequest<R>['body']);
    await ask(deps, triggerId, message, request);
    // Of what is gone, the answer is what it was.
    const isGone = message.type === 'delete';
    return { status: 200, body: isGone ? before : await viewOf(deps, triggerId, name) };
  });
}

function ask(
  { streams }: TriggerRouteDeps,
  triggerId: string,
  message: TriggerMessage,
  { caller, requestId, traceId }: Pick<ApiRequest<CommandRoute>, 'caller' | 'requestId' | 'traceId'>,
) {
  const actor = { kind: 'user', id: caller.subject } as const;
  return streams.ask(
    { to: triggerAt(triggerId), message },
    { id: `${message.type}/${requestId}`, actor, traceId },
  );
}

/** @throws RepriseError TRIGGER_NOT_FOUND */
async function viewOf({ streams, clock }: TriggerRouteDeps, triggerId: string, name: string) {
  const view = triggerViewBody((await streams.view(triggerAt(triggerId))).state, clock());
  if (view) return view;
  throw new RepriseError(
    'TRIGGER_NOT_FOUND',
    `you have no trigger ${name}: make it by PUT /triggers/${name}`,
  );
}
