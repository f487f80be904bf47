import { z } from 'zod';
import { type FireTriggerResponse, putTriggerRequest, triggerName } from '../contract/triggers';
import { SCOPES } from '../core/access/scopes';
import { triggerStream } from '../core/messages/address';
import { type TriggerEngine, triggerIdOf } from '../core/engine/triggers';
import { isRepriseError, RepriseError } from '../core/errors';
import type { Clock, GraphStore, JournalStore, TriggerList } from '../core/ports/stores';
import type { TriggerMessage } from '../core/messages/trigger';
import { eventsPage, eventsQuery } from './events-page';
import { graphOf } from './graph-of';
import { requirePool } from './pools';
import { type AnyRoute, none, type Route } from './route';
import { definitionOf } from './trigger-definition';
import { onOf, triggerViewBody } from './views/trigger';

export interface TriggerRouteDeps {
  readonly triggers: Pick<TriggerEngine, 'handle' | 'view'>;
  readonly list: TriggerList;
  readonly journal: Pick<JournalStore, 'read'>;
  readonly graphs: GraphStore;
  readonly pools: readonly string[];
  readonly clock: Clock;
}

const params = z.object({ name: triggerName });
const reason = z.strictObject({ reason: z.string().max(500).default('by request') });
const scopes = [SCOPES.jobs, SCOPES.admin] as const;

/** Triggers belong to whoever made them: names are looked up among the caller's own. */
export function triggerRoutes(deps: TriggerRouteDeps): readonly AnyRoute[] {
  return [
    listRoute(deps),
    getRoute(deps),
    eventsRoute(deps),
    putRoute(deps),
    commandRoute(deps, 'DELETE /triggers/{name}', none, () => ({ type: 'delete' })),
    commandRoute(deps, 'POST /triggers/{name}/pause', reason, (body) => ({ type: 'pause', ...body })),
    commandRoute(deps, 'POST /triggers/{name}/unpause', reason, (body) => ({ type: 'unpause', ...body })),
    fireRoute(deps),
  ];
}

function listRoute({ list }: TriggerRouteDeps): Route<typeof none, typeof none, typeof none> {
  return {
    name: 'GET /triggers',
    ...{ scopes, body: none, params: none, query: none },
    async handle({ caller }) {
      const triggers = await list.list(caller.subject);
      return {
        status: 200,
        body: { triggers: triggers.map(({ name, status, source }) => ({ name, status, on: onOf(source) })) },
      };
    },
  };
}

function getRoute(deps: TriggerRouteDeps): Route<typeof none, typeof params, typeof none> {
  return {
    name: 'GET /triggers/{name}',
    ...{ scopes, body: none, params, query: none },
    handle: async ({ caller, params: { name } }) => ({
      status: 200,
      body: await viewOf(deps, triggerIdOf(caller.subject, name), name),
    }),
  };
}

/** Its journal, of which `GET /triggers/{name}` shows the last of. */
function eventsRoute(deps: TriggerRouteDeps): Route<typeof none, typeof params, typeof eventsQuery> {
  return {
    name: 'GET /triggers/{name}/events',
    ...{ scopes, body: none, params, query: eventsQuery },
    async handle({ caller, params: { name }, query }) {
      const triggerId = triggerIdOf(caller.subject, name);
      await viewOf(deps, triggerId, name);
      const page = await eventsPage(deps.journal, triggerStream(triggerId), query);
      return { status: 200, body: { name, ...page } };
    },
  };
}

function putRoute(deps: TriggerRouteDeps): Route<typeof putTriggerRequest, typeof params, typeof none> {
  return {
    name: 'PUT /triggers/{name}',
    ...{ scopes, body: putTriggerRequest, params, query: none },
    async handle({ body, caller, params: { name }, requestId, traceId }) {
      await ofJob(async () => requirePool(deps.pools, body.job.pool));
      // The definition is read twice: what is wrong with it comes before its graph is kept.
      definitionOf(name, body, '');
      const { hash } = await ofJob(() => graphOf(deps.graphs, body.job));
      const message: TriggerMessage = {
        ...{ type: 'set', owner: caller.subject, definition: definitionOf(name, body, hash) },
      };
      const triggerId = triggerIdOf(caller.subject, name);
      const before = await deps.triggers.view(triggerId);
      const isNew = before.state.status === 'none' || before.state.status === 'deleted';
      await send(deps, triggerId, message, { subject: caller.subject, requestId, traceId });
      return { status: isNew ? 201 : 200, body: await viewOf(deps, triggerId, name) };
    },
  };
}

/** Problems of the job get the path they have in the request. */
async function ofJob<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!isRepriseError(error)) throw error;
    const problems = error.problems.map((problem) => ({ ...problem, path: `job.${problem.path}` }));
    throw new RepriseError(error.code, error.message, { cause: error, context: error.context, problems });
  }
}

function commandRoute<Body extends z.ZodType>(
  deps: TriggerRouteDeps,
  name: string,
  body: Body,
  messageOf: (body: z.output<Body>) => TriggerMessage,
): Route<Body, typeof params, typeof none> {
  return {
    name,
    ...{ scopes, body, params, query: none },
    async handle({ body: given, caller, params: { name: trigger }, requestId, traceId }) {
      const triggerId = triggerIdOf(caller.subject, trigger);
      const before = await viewOf(deps, triggerId, trigger);
      const message = messageOf(given);
      await send(deps, triggerId, message, { subject: caller.subject, requestId, traceId });
      // Of what is gone, the answer is what it was.
      const isGone = message.type === 'delete';
      return { status: 200, body: isGone ? before : await viewOf(deps, triggerId, trigger) };
    },
  };
}

/** Starts a job now, as the overlap policy allows; of a paused trigger too. */
function fireRoute(deps: TriggerRouteDeps): Route<typeof none, typeof params, typeof none> {
  return {
    name: 'POST /triggers/{name}/fire',
    ...{ scopes, body: none, params, query: none },
    async handle({ caller, params: { name }, requestId, traceId }) {
      const triggerId = triggerIdOf(caller.subject, name);
      await viewOf(deps, triggerId, name);
      const message = { type: 'fire' as const, requestId };
      const events = await send(deps, triggerId, message, { subject: caller.subject, requestId, traceId });
      const started = events.flatMap(({ type, data }) =>
        type === 'trigger.fired' ? [(data as { jobId: string }).jobId] : [],
      );
      const response: FireTriggerResponse = { name, job_ids: started };
      return { status: 202, body: response };
    },
  };
}

function send(
  { triggers }: TriggerRouteDeps,
  triggerId: string,
  message: TriggerMessage,
  by: { readonly subject: string; readonly requestId: string; readonly traceId: string },
) {
  const { subject, requestId, traceId } = by;
  const actor = { kind: 'user', id: subject } as const;
  return triggers.handle(triggerId, [{ id: `${message.type}/${requestId}`, actor, message, traceId }]);
}

/** @throws RepriseError TRIGGER_NOT_FOUND */
async function viewOf({ triggers, clock }: TriggerRouteDeps, triggerId: string, name: string) {
  const view = triggerViewBody((await triggers.view(triggerId)).state, clock());
  if (view) return view;
  throw new RepriseError(
    'TRIGGER_NOT_FOUND',
    `you have no trigger ${name}: make it by PUT /triggers/${name}`,
  );
}
