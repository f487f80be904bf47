import type { ChaosReport, Finding } from '../../chaos/run';
import { many } from '../../core/model/many';
import { humanDuration } from './style';

/** A table of what went wrong, and the trace of every promise that was not kept. */
export function renderChaos(report: ChaosReport, tookMs: number): string {
  const { seed, jobs, worlds, events, virtualHours, faults, invariants, violations } = report;
  const struck = Object.entries(faults).sort(([, a], [, b]) => b - a);
  const width = Math.max(...struck.map(([kind]) => kind.length), 0);
  const table = struck.map(([kind, count]) => `  ${kind.padEnd(width)}  ${String(count).padStart(6)}`);
  const verdict =
    violations.length === 0
      ? `all ${invariants} invariants hold`
      : `${violations.length} ${violations.length === 1 ? 'promise was' : 'promises were'} not kept`;
  return [
    `seed ${seed}: ${many(jobs, 'job')} in ${many(worlds, 'world')}, ${many(events, 'event')} in ${virtualHours} virtual hours, took ${humanDuration(tookMs)}`,
    ...(table.length > 0 ? ['what went wrong:', ...table] : ['nothing went wrong, as asked']),
    verdict,
    ...violations.flatMap((finding) => ['', ...linesOf(finding, report)]),
    '',
  ].join('\n');
}

function linesOf(finding: Finding, { seed, jobs }: ChaosReport): string[] {
  const { invariant, says, detail, world, faults, trace, nodes } = finding;
  return [
    `${invariant}: ${says}`,
    `  ${detail}`,
    `  left of world ${world}: ${finding.jobs.join(', ')} with ${many(nodes, 'node')}, and ${many(faults.length, 'fault')}`,
    `  again: reprise chaos --seed ${seed} --jobs ${jobs} --world ${world}`,
    ...trace.map((line) => `  ${line}`),
  ];
}
