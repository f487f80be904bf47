import { parseConfigValues } from '../core/configuration/document';
import type { ConfigEvent } from '../core/configuration/events';
import type { LiveConfig } from '../core/configuration/live';
import type { Recorded } from '../core/journal/envelope';
import { pageOf } from './page';
import { invalidInput, type Served, serve } from './route';
import { ROUTES } from './routes';
import { configBody, configChange } from './views/config';

export interface ConfigRouteDeps {
  readonly config: LiveConfig;
}

/** The configuration is the deployment's: administrators see and change it. */
export function configRoutes({ config }: ConfigRouteDeps): readonly Served[] {
  return [
    serve(ROUTES.getConfig, async () => {
      const body = configBody(await config.read());
      return { status: 200, body, version: String(body.version) };
    }),
    serve(ROUTES.putConfig, async ({ body, caller, requestId, traceId, header }) => {
      const expected = expectedVersion(header('if-match'));
      const values = parseConfigValues(body.set);
      const actor = { kind: 'user', id: caller.subject } as const;
      const cause = { actor, requestId, traceId, reason: body.reason };
      await config.store.change('set', values, cause, expected);
      return { status: 200, body: configBody(await config.read()) };
    }),
    serve(ROUTES.getConfigHistory, async ({ query }) => {
      const all: Recorded<ConfigEvent>[] = [];
      for await (const event of config.store.history()) all.push(event);
      const version = ({ seq }: Recorded<ConfigEvent>) => seq;
      const { shown, ...next } = pageOf(all, query, { id: ({ seq }) => String(seq), keys: { version } });
      return { status: 200, body: { changes: shown.map(configChange), ...next } };
    }),
  ];
}

/** Two people who change it at a time do not undo each other's change. */
function expectedVersion(ifMatch: string | undefined): number | undefined {
  if (ifMatch === '*') return undefined;
  const [, version] = /^"?(\d{1,15})(?:\.[\w-]*)?"?$/.exec(ifMatch ?? '') ?? [];
  if (version !== undefined) return Number(version);
  throw invalidInput('If-Match', 'send the version that GET /config gave, such as "3", or * for any');
}
