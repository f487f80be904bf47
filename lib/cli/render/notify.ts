import type { TargetSummary, TargetView } from '../../contract/notifications';

/** One line a target. */
export function renderTargets({ targets }: { readonly targets: readonly TargetSummary[] }): string {
  if (targets.length === 0) return 'nobody is told of anything: the engine has no targets of notifications\n';
  return targets.map(lineOf).join('');
}

function lineOf({ name, type, breaker, waiting, held, parked, alerts }: TargetSummary): string {
  const counts = `${waiting} waiting, ${held} held, ${parked} parked, ${alerts} to acknowledge`;
  return `${name}  ${type}  ${breaker}  ${counts}\n`;
}

/** A target, what it waits for, and what happened at it. */
export function renderTarget(target: TargetView): string {
  const { open_alerts: alerts, parked_deliveries: parked, recent } = target;
  return [
    lineOf(target),
    ...alerts.map(({ id, title, next }) => {
      const then = next === undefined ? '' : `, next: ${next}`;
      return `  alert   ${title}${then}: reprise notify ack ${target.name} ${id}\n`;
    }),
    ...parked.map(({ id, title, notices, why = '' }) => {
      const more = notices > 1 ? ` and ${notices - 1} more` : '';
      return `  parked  ${id}  ${title}${more}: ${why}\n`;
    }),
    ...recent.map(({ at, outcome, title, attempt, to, why }) => {
      const said = why ?? (to === undefined ? '' : `to ${to}`);
      return `  ${at}  ${outcome}  try ${attempt}  ${title}  ${said}`.trimEnd().concat('\n');
    }),
  ].join('');
}
