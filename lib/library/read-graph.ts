import type { Graph } from '../core/dag/graph';
import { parseGraph, parseGraphDocument } from '../core/dag/parse';
import type { GraphSource } from './graph-source';

/** @throws RepriseError with every problem of the graph, each with its place */
export function graphFrom(source: GraphSource): Graph {
  return typeof source === 'string' ? parseGraph(source) : parseGraphDocument(source);
}
