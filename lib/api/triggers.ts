import type { TriggerView } from '../contract/triggers';
import { isAdmin } from '../core/access/scopes';
import { isRepriseError, RepriseError, withProblems } from '../core/errors';
import { streamOf, triggerAt } from '../core/messages/address';
import type { TriggerMessage } from '../core/messages/trigger';
import { present } from '../core/model/present';
import type { Clock } from '../core/model/time';
import type { TriggerList } from '../core/ports/registries';
import type { JournalStore } from '../core/ports/stores';
import type { StreamAsker, StreamReader } from '../core/ports/streams';
import { triggerIdOf } from '../core/trigger/id';
import { ownerFor, requirePriority } from './access';
import { eventsPage } from './events-page';
import { graphOf } from './graph-of';
import { requireMatch, requirePut, versionOf } from './if-match';
import type { OwnedGraphs } from './owned-graphs';
import { byName, pageOf } from './page';
import { requirePool } from './pools';
import { quotaExceeded } from './quota';
import { type ApiRequest, type Commanding, commandOrigin, type Served, serve } from './route';
import { ROUTES } from './routes';
import { definitionOf } from './trigger-definition';
import { summaryBody, triggerViewBody } from './views/trigger';

export interface TriggerRouteDeps {
  readonly streams: StreamAsker & StreamReader;
  readonly list: TriggerList;
  readonly journal: Pick<JournalStore, 'written'>;
  readonly graphs: OwnedGraphs;
  readonly pools: readonly string[];
  /** Triggers that an owner may have; any number where it is left out. */
  readonly maxTriggers?: number;
  readonly clock: Clock;
}

/** Triggers belong to whoever made them: names are looked up among the caller's own, or an owner's. */
export function triggerRoutes(deps: TriggerRouteDeps): readonly Served[] {
  return [
    serve(ROUTES.listTriggers, async ({ caller, query }) => {
      const all = (await deps.list.list(ownerFor(caller, query.owner))).flatMap(summaryBody);
      const wanted = all.filter(({ status }) => query.status === undefined || status === query.status);
      const keys = { name: byName, status: ({ status }: { status: string }) => status };
      const { shown, ...next } = pageOf(wanted, query, { id: byName, keys });
      return { status: 200, body: { triggers: [...shown], ...next } };
    }),
    serve(ROUTES.getTrigger, async (request) => {
      const body = await viewOf(deps, triggerOf(request));
      return { status: 200, body, version: versionIn(body) };
    }),
    // Its journal, of which `GET /triggers/{name}` shows the last of.
    serve(ROUTES.getTriggerEvents, async (request) => {
      const trigger = triggerOf(request);
      await viewOf(deps, trigger);
      const page = await eventsPage(deps.journal, streamOf(triggerAt(trigger.id)), request.query);
      return { status: 200, body: { name: trigger.name, ...page } };
    }),
    putTrigger(deps),
    command(deps, ROUTES.deleteTrigger, () => ({ type: 'delete' })),
    command(deps, ROUTES.pauseTrigger, ({ reason }) => ({ type: 'pause', reason })),
    command(deps, ROUTES.unpauseTrigger, ({ reason }) => ({ type: 'unpause', reason })),
    // Starts a job now, as the overlap policy allows; of a paused trigger too.
    serve(ROUTES.fireTrigger, async (request) => {
      const trigger = triggerOf(request);
      await viewOf(deps, trigger);
      const message = { type: 'fire' as const, requestId: request.requestId };
      const events = await ask(deps, trigger.id, message, request);
      const job_ids = events.flatMap((event) => (event.type === 'trigger.fired' ? [event.data.jobId] : []));
      return { status: 202, body: { name: trigger.name, job_ids } };
    }),
  ];
}

function putTrigger(deps: TriggerRouteDeps): Served {
  return serve(ROUTES.putTrigger, async (request) => {
    const { body, caller } = request;
    const trigger = triggerOf(request);
    const { name, owner } = trigger;
    await ofJob(async () => requirePool(deps.pools, body.job.pool));
    requirePriority(caller, body.job.priority);
    const everyone = isAdmin(caller) && owner === caller.subject ? (true as const) : undefined;
    // What is wrong with the definition comes before its graph is kept.
    const definition = definitionOf(name, body, everyone ? undefined : owner);
    const { state: before } = await deps.streams.view(triggerAt(trigger.id));
    const isNew = before.status === 'none' || before.status === 'deleted';
    const there = isNew ? undefined : versionIn(await viewOf(deps, trigger));
    requirePut(request.header, there);
    if (isNew) await requireRoom(deps, owner);
    const { hash } = await ofJob(() => graphOf(deps.graphs, body.job, { caller, owner }));
    const message = { type: 'set' as const, owner, definition: definition(hash), ...present({ everyone }) };
    await ask(deps, trigger.id, message, request);
    return { status: isNew ? 201 : 200, body: await viewOf(deps, trigger) };
  });
}

/** @throws RepriseError QUOTA_EXCEEDED */
async function requireRoom({ list, maxTriggers }: TriggerRouteDeps, owner: string): Promise<void> {
  if (maxTriggers === undefined || (await list.list(owner)).length < maxTriggers) return;
  throw quotaExceeded(`${owner} has ${maxTriggers} triggers, as many as may be: delete one first`);
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

/** Of what is set of a trigger; what it does changes nothing of it. */
const versionIn = ({ status, on, overlap, job }: TriggerView): string =>
  versionOf({ status, on, overlap, job });

type CommandRoute = (typeof ROUTES)['deleteTrigger' | 'pauseTrigger' | 'unpauseTrigger'];

function command<R extends CommandRoute>(
  deps: TriggerRouteDeps,
  route: R,
  messageOf: (body: ApiRequest<R>['body']) => TriggerMessage,
): Served {
  return serve<CommandRoute, 200>(route, async (request) => {
    const trigger = triggerOf(request);
    const before = await viewOf(deps, trigger);
    requireMatch(request.header, versionIn(before));
    const message = messageOf(request.body as ApiRequest<R>['body']);
    await ask(deps, trigger.id, message, request);
    // Of what is gone, the answer is what it was.
    const isGone = message.type === 'delete';
    return { status: 200, body: isGone ? before : await viewOf(deps, trigger) };
  });
}

function ask({ streams }: TriggerRouteDeps, triggerId: string, message: TriggerMessage, request: Commanding) {
  return streams.ask({ to: triggerAt(triggerId), message }, commandOrigin(message.type, request));
}

interface Named {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
}

type OfTrigger = Pick<ApiRequest<(typeof ROUTES)['getTrigger']>, 'caller' | 'params' | 'query'>;

/** The trigger that a call is about, whether there is one or not. @throws RepriseError FORBIDDEN */
function triggerOf({ caller, params: { name }, query }: OfTrigger): Named {
  const owner = ownerFor(caller, query.owner);
  return { id: triggerIdOf(owner, name), name, owner };
}

/** @throws RepriseError TRIGGER_NOT_FOUND */
async function viewOf({ streams, clock }: TriggerRouteDeps, { id, name, owner }: Named) {
  const view = triggerViewBody((await streams.view(triggerAt(id))).state, clock());
  if (view) return view;
  const message = `${owner} has no trigger ${name}: make it by PUT /triggers/${name}`;
  throw new RepriseError('TRIGGER_NOT_FOUND', message);
}
