/** A graph of `statemachines/` as it is deployed. */
export interface DeployedGraph {
  /** The file, for messages. */
  readonly source: string;
  /** SHA-256 of the graph, in hex. */
  readonly hash: string;
  /** The machine named `root` and those it starts; definitions with `${JobsQueueUrl}` and `${machine:NAME}`. */
  readonly machines: readonly { readonly name: string; readonly definition: string }[];
}
