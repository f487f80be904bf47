import type { PublicEvent } from '../messages/public-event';
import type { Notice, Telling } from '../messages/target';
import type { Parameters } from '../model/parameters';
import { present } from '../model/present';
import { reaches } from './decide';
import { noticeOf } from './notice';
import { matchesType, type Notifications, type Rule } from './rules';

/** What one target is to be told. */
export interface Told {
  readonly target: string;
  readonly notice: Notice;
  readonly telling: Telling;
}

/**
 * Whether anything of an event depends on the parameters of its job, which are not on the bus: they are for those who may
 * see the job.
 */
export function asksForParameters({ targets, rules }: Notifications): boolean {
  return (
    rules.some(({ labels }) => labels !== undefined) ||
    Object.values(targets).some(({ type }) => type === 'github')
  );
}

/**
 * Who is told of an event, and how: each target once, as the first rule that names it says.
 * @param parameters of the job that the event is about.
 */
export function fanOut(
  config: Notifications,
  event: PublicEvent,
  parameters: Parameters = {},
): readonly Told[] {
  const told = new Map<string, Told>();
  for (const rule of config.rules) {
    const notice = noticeOf(event, present({ link: linkOf(config, event) }));
    if (!notice || !matches(rule, notice, parameters)) continue;
    const [first] = rule.targets;
    for (const target of rule.targets) {
      if (told.has(target)) continue;
      const own = noticeFor(config, target, notice, parameters);
      if (!own) continue;
      const escalation = target === first ? escalationOf(config, rule, event, target) : [];
      const alert = escalation.length === 0 ? {} : { alert: { target, id: notice.id } };
      told.set(target, { target, notice: { ...own, ...alert }, telling: tellingOf(rule, escalation) });
    }
  }
  return [...told.values()];
}

function matches(rule: Rule, notice: Notice, parameters: Parameters): boolean {
  const { events, severity, owners, graphs, outcomes, labels = {} } = rule;
  const isIn = <T>(wanted: readonly T[] | undefined, value: T | undefined) =>
    wanted === undefined || (value !== undefined && wanted.includes(value));
  return (
    (events === undefined || events.some((pattern) => matchesType(pattern, notice.type))) &&
    reaches(notice.severity, severity) &&
    isIn(owners, notice.owner) &&
    isIn(graphs, notice.graph) &&
    isIn(outcomes, notice.outcome) &&
    Object.entries(labels).every(([name, values]) => isIn(values, parameters[name]))
  );
}

/** A commit has a status of jobs that name it, and of nothing else. */
function noticeFor(
  { targets }: Notifications,
  target: string,
  notice: Notice,
  parameters: Parameters,
): Notice | undefined {
  const definition = targets[target];
  if (definition?.type !== 'github') return notice;
  const commit = parameters[definition.commit];
  const isOfCommit =
    notice.type.startsWith('orchestration.execution.') && /^[0-9a-f]{40,64}$/i.test(commit ?? '');
  return isOfCommit ? { ...notice, ...present({ commit }) } : undefined;
}

function tellingOf(rule: Rule, escalation: NonNullable<Telling['escalation']>): Telling {
  const { name, dedupe: dedupeMs, digest, quietHours: quiet } = rule;
  return {
    ...{ rule: name, dedupeMs },
    ...present({
      quiet,
      digest: digest && { above: digest.above, withinMs: digest.within },
      escalation: escalation.length === 0 ? undefined : escalation,
    }),
  };
}

/** Who is told later: as the rule says, or as the alert of the event does, where there are targets of these names. */
function escalationOf(
  { targets }: Notifications,
  { escalation }: Rule,
  { detail }: PublicEvent,
  first: string,
): NonNullable<Telling['escalation']> {
  if (escalation === undefined) return [];
  if (escalation !== 'alert') return escalation.map(({ target, after }) => ({ target, afterMs: after }));
  const { escalation: steps = [] } = (detail['alert'] ?? {}) as {
    readonly escalation?: readonly { readonly notify: string; readonly afterMinutes: number }[];
  };
  return steps
    .filter(({ notify }) => notify !== first && Object.hasOwn(targets, notify))
    .map(({ notify, afterMinutes }) => ({ target: notify, afterMs: afterMinutes * 60_000 }));
}

function linkOf({ jobLink }: Notifications, { detail: { jobId } }: PublicEvent): string | undefined {
  if (jobLink === undefined || typeof jobId !== 'string') return undefined;
  return jobLink.replace('{jobId}', encodeURIComponent(jobId));
}
