import { LIMITS } from '../../core/limits';
import type { ImportedNode } from '../imported';

/** What a step waits for. */
export type Gate = readonly Need[];

/** A node that a step became, and those that it becomes further on. */
export interface Made {
  readonly id: string;
  readonly ids: readonly string[];
}

type Need =
  /** `allow`: they may fail, or not run at all. */
  | { readonly kind: 'nodes'; readonly nodes: readonly Made[]; readonly allow: boolean }
  | { readonly kind: 'key'; readonly key: string; readonly allow: boolean }
  /** It runs where something before it went well, so it tells whether that did. */
  | { readonly kind: 'ran'; readonly node: Made };

/** What a key stands for: the nodes of a step or a group, or what a wait or a block waits for. */
export type Target = { readonly nodes: readonly Made[] } | { readonly gate: Gate };

/** How a node says the same. `isTooLong`: its condition would be longer than one may be. */
export type Condition = Pick<ImportedNode, 'needs' | 'trigger' | 'when'> & { readonly isTooLong?: true };

export function conditionOf(gate: Gate, targetOf: (key: string) => Target): Condition {
  const [hard, soft, ran] = [new Map<string, Made>(), new Map<string, Made>(), new Map<string, Made>()];
  const add = (needs: Gate, isAllowed: boolean) => {
    for (const need of needs) {
      if (need.kind === 'ran') {
        if (!isAllowed) ran.set(need.node.id, need.node);
        continue;
      }
      const allow = isAllowed || need.allow;
      const target = need.kind === 'key' ? targetOf(need.key) : need;
      if ('gate' in target) add(target.gate, allow);
      else for (const node of target.nodes) (allow ? soft : hard).set(node.id, node);
    }
  };
  add(gate, false);
  const needs = [...new Set([...hard.keys(), ...soft.keys(), ...ran.keys()])];
  if (soft.size === 0 && ran.size === 0) return { needs };
  const truths = [
    ...[...ran.values()].map(({ ids }) => `${statusOf(ids[0]!)} in ["succeeded", "failed"]`),
    ...[...hard.values()].flatMap(({ ids }) => ids.map((id) => `${statusOf(id)} = "succeeded"`)),
  ];
  if (truths.length === 0) return { needs, trigger: 'all_done' };
  const when = truths.join(' and ');
  return when.length > LIMITS.conditionLength
    ? { needs, isTooLong: true }
    : { needs, trigger: 'all_done', when };
}

function statusOf(id: string): string {
  return `results.\`${id}\`.status`;
}

/** What the steps of one list wait for, as they come: a wait, or a block, is over before what follows it. */
export interface Sequence {
  /** What a step waits for that names nothing itself. */
  readonly gate: () => Gate;
  /** @param implicit those that wait for `gate` and nothing else */
  readonly add: (nodes: readonly Made[], implicit: readonly Made[]) => void;
  /** All before it has to go well, or with `goesOn` only to be over. @returns what it waits for */
  readonly wait: (goesOn: boolean) => Gate;
  /** One that names what it waits for. */
  readonly waitFor: (gate: Gate) => void;
}

/** @see https://buildkite.com/docs/pipelines/configure/step-types/wait-step */
export function sequence(outer: Gate): Sequence {
  let barrier = outer;
  /** What the last wait that takes no failure waits for, the nodes after it, and whether one of these tells that it went well. */
  let base: { gate: Gate; nodes: readonly Made[]; isTold: boolean; isChained: boolean } = {
    ...{ gate: outer, nodes: [], isTold: false, isChained: true },
  };
  let since: { nodes: readonly Made[]; implicit: readonly Made[] } = { nodes: [], implicit: [] };
  const next = (gate: Gate): Gate => {
    barrier = gate;
    since = { nodes: [], implicit: [] };
    return gate;
  };
  return {
    gate: () => barrier,
    add: (nodes, implicit) => {
      since = { nodes: [...since.nodes, ...nodes], implicit: [...since.implicit, ...implicit] };
      const isTold = base.isTold || (base.isChained && implicit.length > 0);
      base = { ...base, nodes: [...base.nodes, ...nodes], isTold };
    },
    wait: (goesOn) => {
      if (goesOn) {
        const { nodes, implicit } = since;
        const [witness] = implicit;
        const before: Gate = witness ? (isSure(barrier) ? [] : [{ kind: 'ran', node: witness }]) : barrier;
        return next([...nodesNeed(nodes, true), ...before]);
      }
      const gate = [...nodesNeed(base.nodes, false), ...(base.isTold ? [] : base.gate)];
      base = { gate, nodes: [], isTold: false, isChained: true };
      return next(gate);
    },
    waitFor: (gate) => {
      base = { ...base, isChained: false };
      next(gate);
    },
  };
}

function nodesNeed(nodes: readonly Made[], allow: boolean): Gate {
  return nodes.length === 0 ? [] : [{ kind: 'nodes', nodes, allow }];
}

/** Whether nothing can keep what waits for it from running. */
function isSure(gate: Gate): boolean {
  return gate.every((need) => need.kind !== 'ran' && need.allow);
}
