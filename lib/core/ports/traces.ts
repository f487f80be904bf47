/** An event that carries an id. */
export interface TracePlace {
  /** Such as `job/01J...`. */
  readonly stream: string;
  /** The first event of the stream that does. */
  readonly seq: number;
}

/** Where the ids of traces and calls were journalled. */
export interface TraceIndex {
  /** Streams that begin in this trace, and those in which a call of this correlation id caused something; the earliest first. */
  readonly places: (id: string) => Promise<readonly TracePlace[]>;
}
