import { RepriseError } from '../core/errors';
import { withShare } from '../core/history/effectiveness';
import type { Quarantine } from '../core/history/evidence';
import { LIMITS } from '../core/limits';
import type { Clock } from '../core/model/time';
import type { HistoryStore } from '../core/ports/history';
import { ownerFor, requireAdmin } from './access';
import { requireMatch, requirePut, versionOf } from './if-match';
import { byName, pageOf } from './page';
import { invalidInput, type Served, serve } from './route';
import { ROUTES } from './routes';
import { effectBody, effectivenessBody, flakesBody, quarantineBody } from './views/history';
import { timeOf } from './views/time';

export interface HistoryRoutesDeps {
  readonly history: Omit<HistoryStore, 'learn' | 'correct'>;
  readonly clock: Clock;
}

/** What earlier jobs measured, and the known flakes. Names of nodes and tests are shown to their owner alone. */
export function historyRoutes({ history, clock }: HistoryRoutesDeps): readonly Served[] {
  return [
    serve(ROUTES.getFlakes, async ({ caller, query }) => {
      const owner = ownerFor(caller, query.owner);
      return { status: 200, body: await flakesBody(history, owner, clock()) };
    }),
    serve(ROUTES.getEffectiveness, async ({ caller, query: { owner, of, slot_hour_usd } }) => {
      if (of === 'everyone') requireAdmin(caller, 'of: the retries of everyone');
      const whose = of === 'everyone' ? undefined : ownerFor(caller, owner);
      return { status: 200, body: await effectivenessBody(history, whose, slot_hour_usd) };
    }),
    serve(ROUTES.getSignature, async ({ caller, params: { signature } }) => {
      const [effects, correction] = await Promise.all([
        history.ofSignature(signature),
        history.correctionOf(signature, caller.subject),
      ]);
      const effectiveness = effects.map((effect) => effectBody(withShare(effect)));
      const said = correction && { correction: { ...correction, at: timeOf(correction.at) } };
      return { status: 200, body: { signature, effectiveness, ...said } };
    }),
    ...quarantineRoutes({ history, clock }),
  ];
}

const QUARANTINE_KEYS = {
  name: byName,
  created_at: ({ createdAt }: { readonly createdAt: number }) => createdAt,
  expires_at: ({ expiresAt }: { readonly expiresAt: number }) => expiresAt,
};

function quarantineRoutes({ history, clock }: HistoryRoutesDeps): readonly Served[] {
  return [
    serve(ROUTES.listQuarantines, async ({ caller, query }) => {
      const all = await history.quarantines(ownerFor(caller, query.owner));
      const wanted = all.filter(({ of }) => query.of === undefined || of === query.of);
      const { shown, ...next } = pageOf(wanted, query, { id: ({ id }) => id, keys: QUARANTINE_KEYS });
      return {
        status: 200,
        body: { quarantines: shown.map((each) => quarantineBody(each, clock())), ...next },
      };
    }),
    serve(ROUTES.getQuarantine, async ({ caller, query, params: { id } }) => {
      const found = await quarantineOf(history, ownerFor(caller, query.owner), id);
      if (!found) throw quarantineNotFound(id);
      return { status: 200, body: quarantineBody(found, clock()), version: versionIn(found) };
    }),
    serve(ROUTES.putQuarantine, async ({ caller, query, params: { id }, body, header }) => {
      const now = clock();
      const { expires_at, ...rest } = body;
      const expiresAt = Date.parse(expires_at);
      checkExpiry(expiresAt, now);
      const quarantine = { id, ...rest, by: caller.subject, createdAt: now, expiresAt };
      const owner = ownerFor(caller, query.owner);
      const there = await quarantineOf(history, owner, id);
      requirePut(header, there && versionIn(there));
      await history.quarantine(owner, quarantine);
      return { status: 200, body: quarantineBody(quarantine, now) };
    }),
    serve(ROUTES.deleteQuarantine, async ({ caller, query, params: { id }, header }) => {
      const owner = ownerFor(caller, query.owner);
      const there = await quarantineOf(history, owner, id);
      if (there) requireMatch(header, versionIn(there));
      if (!(await history.unquarantine(owner, id))) throw quarantineNotFound(id);
      return { status: 200, body: { id } };
    }),
  ];
}

const quarantineOf = async (
  history: Pick<HistoryRoutesDeps['history'], 'quarantines'>,
  owner: string,
  id: string,
): Promise<Quarantine | undefined> => (await history.quarantines(owner)).find((each) => each.id === id);

/** Of how it is set, whoever set it and when. */
const versionIn = ({ of, name, owner, reason, expiresAt }: Quarantine): string =>
  versionOf({ of, name, owner, reason, expiresAt });

const DAY_MS = 24 * 3_600_000;

/** @throws RepriseError INPUT_INVALID where a quarantine would have expired already, or would last for too long. */
export function checkExpiry(expiresAt: number, now: number): void {
  if (expiresAt > now && expiresAt <= now + LIMITS.quarantineMs) return;
  const most = LIMITS.quarantineMs / DAY_MS;
  throw invalidInput('expires_at', `must lie in the next ${most} days: a flake that stays is to be mended`);
}

export function quarantineNotFound(id: string): RepriseError {
  const message = `no quarantine ${id}: \`reprise quarantine list\` shows those there are`;
  return new RepriseError('QUARANTINE_NOT_FOUND', message, { context: { id } });
}
