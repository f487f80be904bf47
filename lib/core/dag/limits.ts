/** What a graph may hold. Generous for people, small enough that a hostile file cannot stall the compiler. */
export const GRAPH_LIMITS = {
  /** Length of the file's text, in UTF-16 code units. */
  textLength: 20 * 1024 * 1024,
  /** Depth of lists and mappings in the file. The format itself needs six levels. */
  nesting: 100,
  /** Nodes after `shards` and `matrix` are expanded. */
  nodes: 20_000,
  /** Dependencies after expansion. */
  edges: 500_000,
  /** Items of one `forEach`. */
  items: 1_000,
  /** Bytes of one of them as JSON, and of all of one `forEach`: they stand in one event of the journal. */
  itemBytes: 8 * 1_024,
  itemsBytes: 128 * 1_024,
  /** Length of a node's id, and of the graph's name. */
  idLength: 64,
  runLength: 32_768,
  suiteLength: 256,
  conditionLength: 2_048,
  labels: 32,
  maxAttempts: 100,
  slots: 10_000,
  /** No duration may be longer: SQS forgets a message after 14 days, and Node's timers end at 24.8. */
  durationMs: 14 * 24 * 60 * 60 * 1_000,
} as const;

/** Complaints that one error lists; what is past it is only counted. */
export const PROBLEMS_SHOWN = 100;
