import { latestReport } from '../core/cleanup/report';
import type { Clock } from '../core/model/time';
import type { CleanupStarter } from '../core/ports/cleanup';
import type { JournalStore } from '../core/ports/stores';
import { type Served, serve } from './route';
import { ROUTES } from './routes';
import { cleanupBody } from './views/cleanup';

export interface CleanupRouteDeps {
  readonly starter: CleanupStarter;
  /** Where cleanups say what goes. */
  readonly journal: Pick<JournalStore, 'read'>;
  readonly clock: Clock;
}

/** Cleanups are the deployment's: administrators start them and read what they did. */
export function cleanupRoutes({ starter, journal, clock }: CleanupRouteDeps): readonly Served[] {
  return [
    serve(ROUTES.startCleanup, async ({ body, caller, requestId }) => {
      const order = { run: requestId, by: caller.subject, dryRun: body.dry_run };
      await starter.start(order);
      return { status: 202, body: { run: order.run, dry_run: order.dryRun } };
    }),
    serve(ROUTES.getCleanup, async () => ({
      status: 200,
      body: cleanupBody(await latestReport(journal, clock())),
    })),
  ];
}
