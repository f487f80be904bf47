import type { Compilation } from '../dag/compile';

/** Compilations by the hash of their graph. */
export interface CompilationStore {
  /** Undefined when there is none. */
  readonly get: (hash: string) => Promise<Compilation | undefined>;
  /** Keeps it unless there is one. @returns the one that is kept. */
  readonly put: (compilation: Compilation) => Promise<Compilation>;
}

/**
 * `noted`: used by one submission, which is no reason to make any; `requested`: asked for by a later one; `pending`: being made; `ready`: jobs start on them; `deleting`, `absent`:
 * collected, and made again when the graph is used again; `refused`: there are as many as may be.
 */
export type MachineStatus = 'noted' | 'requested' | 'pending' | 'ready' | 'deleting' | 'absent' | 'refused';

/** What is known of the state machines of a graph. Times in milliseconds since the epoch. */
export interface GraphRecord {
  readonly hash: string;
  readonly status: MachineStatus;
  /** `stack`: they belong to the deployment and are never collected. Absent until someone has looked. */
  readonly origin?: 'registered' | 'stack';
  /** As the compiler calls them, root first. */
  readonly machines?: readonly string[];
  readonly lastUsedAt: number;
  readonly changedAt: number;
}

/** The records of graphs. Every change is conditional; what loses answers false and changes nothing. */
export interface GraphRecords {
  readonly get: (hash: string) => Promise<GraphRecord | undefined>;
  /** Notes the first use of a graph, or the first since its machines were collected; false where it was used before. */
  readonly noted: (hash: string, at: number) => Promise<boolean>;
  /** Notes that machines are not made, unless they are ready. */
  readonly refused: (hash: string, at: number) => Promise<boolean>;
  /** How many registered machines there are, counted up to `atMost`. May lag. */
  readonly count: (atMost: number) => Promise<number>;
  /** Notes that someone asked for machines; false when they are there or being made. */
  readonly requested: (hash: string, at: number) => Promise<boolean>;
  /** Notes that they are being made, unless they are ready. */
  readonly pending: (hash: string, machines: readonly string[], at: number) => Promise<boolean>;
  readonly ready: (
    hash: string,
    origin: 'registered' | 'stack',
    of: { readonly machines: readonly string[]; readonly at: number },
  ) => Promise<void>;
  /** Notes a use; false when they are not ready any more. */
  readonly used: (hash: string, at: number) => Promise<boolean>;
  /** Takes ready machines out of use, unless they were used since `lastUsedAt`. */
  readonly deleting: (hash: string, lastUsedAt: number, at: number) => Promise<boolean>;
  /** Notes that they are gone. */
  readonly absent: (hash: string, at: number) => Promise<void>;
  /** Registered graphs whose machines were last used before `before`, longest unused first. */
  readonly unused: (before: number, limit: number) => Promise<string[]>;
}

/** Who brought which graph. */
export interface GraphOwners {
  /** @param at milliseconds since the epoch. */
  readonly claim: (hash: string, owner: string, at: number) => Promise<void>;
  readonly owns: (hash: string, owner: string) => Promise<boolean>;
}

/** The state machines of graphs: made when they are missing, taken away when nobody uses them. */
export interface MachineRegistry {
  /** The kept compilation of a stored graph, or a new one. @throws RepriseError GRAPH_NOT_FOUND, GRAPH_TOO_LARGE */
  readonly compilationOf: (hash: string) => Promise<Compilation>;
  /** ARN of a machine of a graph. */
  readonly arnOf: (hash: string, machine?: string) => string;
  /** A definition as it is deployed. */
  readonly definitionOf: (compilation: Compilation, machine: string) => string | undefined;
  /**
   * Makes the machines of a stored graph, or finds them made.
   * @throws RepriseError UPSTREAM_UNAVAILABLE when Step Functions wants it later; what was made stays, and the next
   *   call goes on from there. QUOTA_EXCEEDED when there would be more than the budget. GRAPH_NOT_FOUND.
   */
  readonly ensure: (hash: string) => Promise<void>;
  /** Gives up making them: takes away what was made of them, so that jobs run on the graph runner. */
  readonly refuse: (hash: string) => Promise<void>;
  /** Deletes them unless they run or were used after `before`. @returns whether they are gone now. */
  readonly collect: (hash: string, before: number) => Promise<boolean>;
}

/** Asks for the machines of graphs, which are made one after the other. */
export interface MachineRequests {
  /**
   * Asks for the machines of a stored graph that is used again, once for as long as it is open: a graph that differs by
   * commit is used once. Not for an owner who has got as many as may be. Jobs run on the graph runner all the same.
   */
  readonly want: (hash: string, owner: string) => Promise<void>;
  /** Asks whatever is open: some of the machines were made, and the rest was refused for now. */
  readonly remind: (hash: string) => Promise<void>;
}
