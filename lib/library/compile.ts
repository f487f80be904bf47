import { compile } from '../core/dag/compile';
import { present } from '../core/model/present';
import type { GraphSource } from './graph-source';
import { graphFrom } from './read-graph';

export interface CompileGraphOptions {
  /** Workers that the predicted makespan assumes. */
  readonly workers?: number;
}

/** What a graph becomes: docs/compiler.md. */
export interface Compiled {
  readonly graph: {
    readonly name: string;
    /** Of the canonical graph, SHA-256 in hex. */
    readonly hash: string;
    readonly nodes: number;
    readonly edges: number;
  };
  /** What it will take, seconds, states, bytes and dollars. */
  readonly certificate: {
    readonly criticalPathSeconds: number;
    readonly predictedMakespanSeconds: number;
    readonly stateTransitions: number;
    readonly stateMachines: number;
    /** Share of the graph's edges that the state machines enforce by themselves, 0 to 1. */
    readonly structuralShare: number;
    readonly residualEdges: number;
  };
  /** In Amazon States Language. */
  readonly machines: readonly { readonly name: string; readonly definition: object }[];
  /** The nodes that a node waits for beside what its machine says, by node. */
  readonly residual: Readonly<Record<string, readonly string[]>>;
  readonly warnings: readonly string[];
}

/**
 * Compiles a graph to state machines, as `reprise compile` does.
 * @throws RepriseError with every problem of the graph, each with its place
 */
export function compileGraph(source: GraphSource, { workers }: CompileGraphOptions = {}): Compiled {
  return compile(graphFrom(source), present({ workers }));
}
