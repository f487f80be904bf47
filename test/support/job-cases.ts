import fc from 'fast-check';
import { type Graph, type GraphNode, TRIGGER_RULES } from '../../lib/core/dag/graph';
import { triggerHolds } from '../../lib/core/dag/trigger-rule';
import { graph, node, retrying } from './job-driver';

/** How every node behaves: fails this many times, then succeeds; `when` false skips it. */
export interface Script {
  readonly failures: number;
  readonly holds: boolean;
  /** Items of its fan-out, all behaving alike; undefined where it has none. */
  readonly items: number | undefined;
  /** How often undoing it fails before it succeeds; undefined where nothing says how it is undone. */
  readonly undo: number | undefined;
}

export interface Case {
  readonly graph: Graph;
  readonly scripts: readonly Script[];
  readonly seed: number;
}

export const caseArbitrary: fc.Arbitrary<Case> = fc
  .integer({ min: 1, max: 14 })
  .chain((n) =>
    fc.record({
      edges: fc.array(fc.tuple(fc.nat(n - 1), fc.nat(n - 1)), { maxLength: 3 * n }),
      triggers: fc.array(fc.constantFrom(...TRIGGER_RULES), { minLength: n, maxLength: n }),
      budgets: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: n, maxLength: n }),
      scripts: fc.array(
        fc.record({
          failures: fc.nat(3),
          holds: fc.boolean(),
          items: fc.option(fc.nat(3), { nil: undefined, freq: 4 }),
          // Five attempts to undo it are given up.
          undo: fc.option(fc.constantFrom(0, 1, 2, 5), { nil: undefined, freq: 2 }),
        }),
        {
          minLength: n,
          maxLength: n,
        },
      ),
      onFailure: fc.constantFrom(...(['continue', 'continue', 'fail-fast', 'rollback'] as const)),
      seed: fc.nat(),
    }),
  )
  .map(({ edges, triggers, budgets, scripts, onFailure, seed }) => {
    const nodes = triggers.map((trigger, i): GraphNode => {
      const needs = [
        ...new Set(
          edges.filter(([a, b]) => Math.max(a, b) === i && a !== b).map(([a, b]) => `n${Math.min(a, b)}`),
        ),
      ];
      const fanOut = scripts[i]?.items === undefined ? {} : { forEach: 'scripted' };
      const undo = scripts[i]?.undo === undefined ? {} : { compensate: `undo n${i}` };
      const how = { ...fanOut, ...undo, ...retrying(budgets[i] ?? 1) };
      return node(`n${i}`, { needs, trigger, when: 'scripted', ...how });
    });
    return { graph: graph(nodes, { onFailure }), scripts, seed };
  });

/** Jobs that are rolled back where a node fails, whose first half succeeds and whose last node fails. */
export const rollbackCaseArbitrary: fc.Arbitrary<Case> = caseArbitrary.map(({ graph: of, scripts, seed }) => {
  const isEarly = (i: number) => i < of.nodes.length / 2;
  const nodes = of.nodes.map((each, i): GraphNode => {
    const undo = i % 4 === 3 ? {} : { compensate: `undo ${each.id}` };
    const isSure = isEarly(i) || i === of.nodes.length - 1;
    return { ...each, ...undo, trigger: isSure ? 'all_done' : each.trigger };
  });
  const easier = scripts.map((script, i) => {
    if (isEarly(i)) return { ...script, failures: 0, holds: true };
    return i === of.nodes.length - 1 ? { ...script, failures: 3, holds: true, items: undefined } : script;
  });
  return { graph: { ...of, nodes, onFailure: 'rollback' }, scripts: easier, seed };
});

/** What the outcome of every node must be, computed top-down from the rules alone (only where a failure stops nothing). */
export function oracle({ graph, scripts }: Case): Record<string, string> {
  const outcome: Record<string, string> = {};
  const failed: Record<string, boolean> = {};
  graph.nodes.forEach((spec, i) => {
    const results = spec.needs.map((id) =>
      outcome[id] === 'succeeded' ? 'success' : failed[id] ? 'failure' : 'skip',
    );
    const script = scripts[i] as Script;
    if (!triggerHolds(spec.trigger, results)) {
      outcome[spec.id] = 'skipped';
      failed[spec.id] = results.includes('failure');
    } else if (!script.holds || script.items === 0) {
      outcome[spec.id] = 'skipped';
      failed[spec.id] = false;
    } else {
      outcome[spec.id] = script.failures < spec.retry.maxAttempts ? 'succeeded' : 'failed';
      failed[spec.id] = outcome[spec.id] === 'failed';
    }
  });
  return outcome;
}
