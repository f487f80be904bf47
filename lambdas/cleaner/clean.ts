import * as z from 'zod';
import { announce } from '../../lib/core/cleanup/announce';
import { createAudit } from '../../lib/core/cleanup/audit';
import { type Cleaned, cleanUp, dryRun, dryRunEvents } from '../../lib/core/cleanup/perform';
import type { Retention } from '../../lib/core/cleanup/retention';
import type { Clock } from '../../lib/core/model/time';
import type { Storekeeper } from '../../lib/core/ports/cleanup';
import type { EventPublisher } from '../../lib/core/ports/effects';
import type { Log } from '../../lib/core/ports/log';
import type { OutboxJournal } from '../../lib/core/ports/stores';

export interface CleanDeps {
  readonly keeper: Storekeeper;
  readonly journal: OutboxJournal;
  readonly publisher: EventPublisher;
  readonly retention: Retention;
  /** Nothing is removed, whoever asks. */
  readonly isDry: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** What a person asks for by `POST /cleanup`; the clock says other things. */
const orderSchema = z.object({ run: z.string(), by: z.string(), dryRun: z.boolean() });

/** One pass of the cleanup. Publishes its end, and those that earlier ones could not publish. */
export async function clean(
  deps: CleanDeps,
  event: unknown,
  { id, hasTime }: { readonly id: string; readonly hasTime: () => boolean },
): Promise<Cleaned & { readonly isDry: boolean }> {
  const { keeper, journal, publisher, retention, clock, log } = deps;
  const asked = orderSchema.safeParse(event).data;
  const { run, by, dryRun: wantsDry } = asked ?? { run: id, by: 'clock', dryRun: false };
  const order = { run, by, retention };
  const actor = asked ? ({ kind: 'user', id: by } as const) : ({ kind: 'timer', id: 'cleaner' } as const);
  const audit = createAudit({ journal, clock, actor, run });
  await announce({ journal, publisher }, clock());
  if (wantsDry || deps.isDry) {
    const planned = await dryRun({ keeper, clock }, retention);
    await audit.note(dryRunEvents(order, planned));
    return { ...planned, isDry: true };
  }
  const cleaned = await cleanUp({ keeper, audit, clock, hasTime, log }, order);
  await announce({ journal, publisher }, clock());
  return { ...cleaned, isDry: false };
}
