import { openSync } from 'node:fs';
import { fileSink, type JournalFile, journalIn, type MakeDurable, type Sink } from './journal-file';
import { PRIVATE_FILE } from './privacy';

/** A journal that a log makes durable, and that has no file until one is made. */
export interface LateFile extends JournalFile {
  /**
   * Creates the file with all that was written until now; from then on it is like any other.
   * @throws an error with the code EEXIST where there is something
   */
  readonly make: () => void;
}

export function createLateFile(path: string, makeDurable: MakeDurable): LateFile {
  let text: Buffer[] = [];
  let file: Sink | undefined;
  const unfiled = () => {
    if (file) return undefined;
    if (text.length > 1) text = [Buffer.concat(text)];
    return text[0] ?? Buffer.alloc(0);
  };
  const sink: Sink = {
    add: (bytes) => (file ? file.add(bytes) : void text.push(bytes)),
    cut(end) {
      if (file) file.cut(end);
      else text = [Buffer.concat(text).subarray(0, end)];
    },
    sync: async () => file?.sync(),
    close: () => file?.close(),
  };
  return {
    ...journalIn(sink, makeDurable),
    unfiled,
    make() {
      const made = fileSink(openSync(path, 'ax', PRIVATE_FILE));
      const written = unfiled();
      // What is half written is made good from the log: after a failure nobody goes on with it.
      file = made;
      text = [];
      if (written) made.add(written);
    },
  };
}
