/** What a live line needs of a stream. */
export interface LiveStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(chunk: string | Uint8Array, ...rest: never[]): boolean;
}

/** A line at the end of a terminal that changes while others are printed above it. */
export interface LiveLine {
  /** @param line gives the line for so many columns, each time it is drawn. */
  readonly show: (line: (columns: number) => string) => void;
  /** Takes it away. */
  readonly end: () => void;
}

const CLEAR = '\r\u001b[2K';

/** Between two draws where nothing happens, so that times in the line go on: milliseconds. */
const EVERY_MS = 1_000;

/** Of a terminal that shows none. */
const USUAL_COLUMNS = 80;

/**
 * A live line where a person looks on, else none: a file, a pipe and the log of a CI system keep what was written. Whatever
 * anybody writes to the stream meanwhile stands above it, whole lines each.
 */
export function createLiveLine(
  stream: LiveStream,
  env: Readonly<Record<string, string | undefined>> = process.env,
): LiveLine {
  const isLive = stream.isTTY === true && env['TERM'] !== 'dumb' && !env['CI'];
  if (!isLive) return { show: () => undefined, end: () => undefined };
  const write = stream.write;
  const put = (text: string) => void Reflect.apply(write, stream, [text]);
  let line: ((columns: number) => string) | undefined;
  const draw = () => {
    if (line) put(CLEAR + line((stream.columns || USUAL_COLUMNS) - 1));
  };
  stream.write = (...args) => {
    if (line) put(CLEAR);
    const isTaken = Reflect.apply(write, stream, args) as boolean;
    draw();
    return isTaken;
  };
  const timer = setInterval(draw, EVERY_MS).unref();
  return {
    show(next) {
      line = next;
      draw();
    },
    end() {
      clearInterval(timer);
      if (line) put(CLEAR);
      line = undefined;
      stream.write = write;
    },
  };
}
