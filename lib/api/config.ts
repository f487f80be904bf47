import { parseConfigValues } from '../core/configuration/document';
import type { ConfigEvent } from '../core/configuration/events';
import type { LiveConfig } from '../core/configuration/live';
import { RepriseError } from '../core/errors';
import type { Recorded } from '../core/journal/envelope';
import { type Served, serve } from './route';
import { ROUTES } from './routes';
import { configBody, configChange } from './views/config';

/** Changes that the history shows. */
const SHOWN = 100;

export interface ConfigRouteDeps {
  readonly config: LiveConfig;
}

/** The configuration is the deployment's: administrators see and change it. */
export function configRoutes({ config }: ConfigRouteDeps): readonly Served[] {
  return [
    serve(ROUTES.getConfig, async () => ({ status: 200, body: configBody(await config.read()) })),
    serve(ROUTES.putConfig, async ({ body, caller, requestId, traceId, header }) => {
      const expected = expectedVersion(header('if-match'));
      const values = parseConfigValues(body.set);
      const actor = { kind: 'user', id: caller.subject } as const;
      const cause = { actor, requestId, traceId, reason: body.reason };
      await config.store.change('set', values, cause, expected);
      return { status: 200, body: configBody(await config.read()) };
    }),
    serve(ROUTES.getConfigHistory, async () => {
      const latest: Recorded<ConfigEvent>[] = [];
      for await (const event of config.store.history()) {
        latest.push(event);
        if (latest.length > SHOWN) latest.shift();
      }
      return { status: 200, body: { changes: latest.reverse().map(configChange) } };
    }),
  ];
}

/** Two people who change it at a time do not undo each other's change. */
function expectedVersion(ifMatch: string | undefined): number | undefined {
  if (ifMatch === '*') return undefined;
  const [, version] = /^"?(\d{1,15})"?$/.exec(ifMatch ?? '') ?? [];
  if (version !== undefined) return Number(version);
  const message = 'send If-Match with the version that GET /config gave, such as "3", or * for any';
  throw new RepriseError('INPUT_INVALID', message);
}
