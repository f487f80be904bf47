import type { DependencyView } from '../contract/dependencies';
import { RepriseError } from '../core/errors';
import { dependencyAt } from '../core/messages/address';
import type { DependencyMessage } from '../core/messages/dependency';
import type { DependencyList } from '../core/ports/registries';
import type { StreamAsker, StreamReader } from '../core/ports/streams';
import { requireMatch, versionOf } from './if-match';
import { byName, pageOf } from './page';
import { type ApiRequest, type Commanding, commandOrigin, type Served, serve } from './route';
import { ROUTES } from './routes';
import { dependencyBody, dependencySummaryBody } from './views/dependency';

export interface DependencyRouteDeps {
  readonly streams: StreamAsker & StreamReader;
  readonly list: DependencyList;
}

/** External dependencies are the engine's: whoever has jobs sees how they stand, administrators say otherwise. */
export function dependencyRoutes(deps: DependencyRouteDeps): readonly Served[] {
  return [
    serve(ROUTES.listDependencies, async ({ query }) => {
      const all = (await deps.list.list()).map(dependencySummaryBody);
      const wanted = all.filter(({ state }) => query.state === undefined || state === query.state);
      const keys = { name: byName, state: ({ state }: { state: string }) => state };
      const { shown, ...next } = pageOf(wanted, query, { id: byName, keys });
      return { status: 200, body: { dependencies: [...shown], ...next } };
    }),
    serve(ROUTES.getDependency, async ({ params: { name } }) => {
      const body = await viewOf(deps, name);
      return { status: 200, body, version: versionIn(body) };
    }),
    // Also of one that no work has named yet: it may be down before the first job that needs it.
    serve(ROUTES.forceDependency, async (request) => {
      const { state: status, reason } = request.body;
      return change(deps, request, { type: 'forced', status, reason, by: request.caller.subject });
    }),
    serve(ROUTES.resetDependency, async (request) => {
      const { reason } = request.body;
      await viewOf(deps, request.params.name);
      return change(deps, request, { type: 'reset', reason, by: request.caller.subject });
    }),
  ];
}

/** How it stands: calls that go on under it change nothing of that. */
const versionIn = ({ state, forced, since }: DependencyView): string => versionOf({ state, forced, since });

type Change = Commanding & Pick<ApiRequest<(typeof ROUTES)['resetDependency']>, 'params' | 'header'>;

async function change(deps: DependencyRouteDeps, request: Change, message: DependencyMessage) {
  const { params } = request;
  const origin = commandOrigin(message.type, request);
  if (request.header('If-Match') !== undefined) {
    requireMatch(request.header, versionIn(await viewOf(deps, params.name)));
  }
  await deps.streams.ask({ to: dependencyAt(params.name), message }, origin);
  return { status: 200 as const, body: await viewOf(deps, params.name) };
}

/** @throws RepriseError DEPENDENCY_NOT_FOUND */
async function viewOf({ streams }: DependencyRouteDeps, name: string) {
  const { state, head } = await streams.view(dependencyAt(name));
  if (head.seq > 0) return dependencyBody(name, state);
  const message = `no work has named a dependency ${name}: \`reprise dependency list\` shows those there are`;
  throw new RepriseError('DEPENDENCY_NOT_FOUND', message);
}
