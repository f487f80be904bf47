/** Takes bytes as they come and gives them back with what must not be seen replaced by `***`. */
export interface Masker {
  /** What can be told of the bytes so far. Held back is what may become a part of something that must not be seen. */
  readonly write: (chunk: Uint8Array) => Buffer;
  /** What is held back: nothing more comes. */
  readonly end: () => Buffer;
}

/** Finds texts in bytes that come one by one. A state is what it remembers of the bytes before; 0 is nothing. */
export interface Finder {
  readonly follow: (state: number, byte: number) => number;
  /** How many of the last bytes may become a part of a text. */
  readonly open: (state: number) => number;
  /** Length of the longest text that ends here; 0 where none does. */
  readonly found: (state: number) => number;
}

/**
 * Finds all the texts at once, in a time that is that of the bytes and not of the texts (Aho and Corasick, 1975). Runs
 * in the guard of a command too, which is given its text: it may use nothing of this module.
 */
export function createFinder(texts: readonly string[]): Finder {
  const patterns = texts.map((text) => Buffer.from(text));
  const size = patterns.reduce((sum, { length }) => sum + length, 1);
  // The trie: of each state its byte, its first child, the next child of its parent, and how far it is from the root.
  const byteOf = new Uint8Array(size);
  const childOf = new Int32Array(size);
  const siblingOf = new Int32Array(size);
  const depthOf = new Int32Array(size);
  /** The state of the longest proper end of its text that begins another text. */
  const fallbackOf = new Int32Array(size);
  /** Length of the longest text that ends here. */
  const foundAt = new Int32Array(size);
  const fromRoot = new Int32Array(256);

  const step = (state: number, byte: number): number => {
    if (state === 0) return fromRoot[byte] as number;
    let next = childOf[state] as number;
    while (next !== 0 && byteOf[next] !== byte) next = siblingOf[next] as number;
    return next;
  };
  const follow = (from: number, byte: number): number => {
    let state = from;
    let next = step(state, byte);
    while (next === 0 && state !== 0) {
      state = fallbackOf[state] as number;
      next = step(state, byte);
    }
    return next;
  };

  let states = 1;
  for (const pattern of patterns) {
    let state = 0;
    for (const byte of pattern) {
      let next = step(state, byte);
      if (next === 0) {
        next = states++;
        byteOf[next] = byte;
        depthOf[next] = (depthOf[state] as number) + 1;
        siblingOf[next] = childOf[state] as number;
        childOf[state] = next;
        if (state === 0) fromRoot[byte] = next;
      }
      state = next;
    }
    foundAt[state] = pattern.length;
  }
  // Breadth first: a fallback is nearer to the root, so it is known.
  const order = new Int32Array(states);
  let known = 1;
  for (let i = 0; i < known; i++) {
    const state = order[i] as number;
    for (let next = childOf[state] as number; next !== 0; next = siblingOf[next] as number) {
      order[known++] = next;
      if (state !== 0) fallbackOf[next] = follow(fallbackOf[state] as number, byteOf[next] as number);
      if (foundAt[next] === 0) foundAt[next] = foundAt[fallbackOf[next] as number] as number;
    }
  }
  return {
    follow,
    open: (state) => depthOf[state] as number,
    found: (state) => foundAt[state] as number,
  };
}

/**
 * Masks what a finder finds; what overlaps or touches is one `***`. Runs in the guard of a command too, as above.
 * @param finder of texts of at least three bytes each: then what is given back is never longer than what came.
 */
export function createMasker(finder: Finder): Masker {
  const mask = Buffer.from('***');
  let held = Buffer.alloc(1024);
  /** Where in it the bytes begin that are held back. */
  let offset = 0;
  /** Their places in the whole stream. */
  let from = 0;
  let to = 0;
  let state = 0;
  /** Where the last `***` ends. */
  let maskedTo = -1;
  /** What was found and is not given back yet, in order and apart from each other. */
  let spans: [start: number, end: number][] = [];

  const hold = (chunk: Uint8Array): void => {
    const length = to - from;
    if (offset + length + chunk.length > held.length) {
      const isRoomy = 2 * (length + chunk.length) <= held.length;
      const roomy = isRoomy ? held : Buffer.alloc(4 * (length + chunk.length));
      held.copy(roomy, 0, offset, offset + length);
      held = roomy;
      offset = 0;
    }
    held.set(chunk, offset + length);
  };
  const note = (start: number, end: number): void => {
    while (spans.length > 0 && (spans[spans.length - 1] as [number, number])[0] >= start) spans.pop();
    const last = spans[spans.length - 1];
    if (last && last[1] >= start) last[1] = end;
    else spans.push([start, end]);
  };
  /** Gives back all before this place, and what was found that begins before it. */
  const release = (limit: number): Buffer => {
    const parts: Buffer[] = [];
    const pass = (end: number): void => {
      parts.push(held.subarray(offset, offset + end - from));
      offset += end - from;
      from = end;
    };
    let done = 0;
    for (const [start, end] of spans) {
      if (start >= limit) break;
      done += 1;
      if (start > from) pass(start);
      if (start > maskedTo) parts.push(mask);
      maskedTo = end;
      offset += end - from;
      from = end;
    }
    spans = spans.slice(done);
    if (from < limit) pass(limit);
    return Buffer.concat(parts);
  };

  return {
    write(chunk) {
      hold(chunk);
      for (const byte of chunk) {
        state = finder.follow(state, byte);
        to += 1;
        const length = finder.found(state);
        if (length > 0) note(to - length, to);
      }
      return release(to - finder.open(state));
    },
    end: () => release(to),
  };
}
