import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Command, Option } from 'commander';
import { anchoredIn } from '../adapters/archive/anchor-text';
import { EXPORT_FORMATS, type ExportFormat, exportOf } from '../adapters/archive/export-text';
import { unwritable } from '../adapters/embedded/disk/file-error';
import { PRIVATE_FILE } from '../adapters/embedded/disk/privacy';
import { directoryKey } from '../adapters/embedded/disk/signing-key';
import { isRepriseError } from '../core/errors';
import { upTo } from '../core/journal/point';
import { anchorsFor } from './journal-anchor';
import { assertVerified, namedStream, type StreamOptions } from './journal-stream';

export interface ExportOptions extends StreamOptions {
  readonly format: ExportFormat;
  readonly out?: string;
}

export function exportOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--format <format>', 'one event a line: as the journal has it, or as a table')
        .choices(EXPORT_FORMATS)
        .default('jsonl'),
    )
    .option('--anchors <path>', 'prove that these anchors have it (default: those of --journal)')
    .option('--out <file>', 'write to this file instead of standard output');
}

/**
 * `reprise journal export`: what is there when it is asked, verified first. What is cut short has no head, and does not verify.
 * @throws RepriseError JOURNAL_CORRUPT
 */
export async function exportJournal(argument: string | undefined, options: ExportOptions): Promise<void> {
  const { format, out } = options;
  const named = await namedStream(argument, options);
  const { stream, layout, journal } = named;
  const seq = await assertVerified(named);
  const key = await directoryKey(layout);
  const anchor = (await anchorsFor(layout, options))?.covering(stream);
  const anchored = anchor && anchoredIn(anchor, stream);
  const text = exportOf(stream, upTo(journal.written(stream), { seq }), {
    ...{ format, key, at: Date.now(), anchored },
  });
  if (out === undefined) for await (const line of text) process.stdout.write(line);
  else await writeWhole(out, text);
}

/** A file of that name is the whole export, or what it was before. */
async function writeWhole(file: string, text: AsyncIterable<string>): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`;
  try {
    await pipeline(Readable.from(text), createWriteStream(draft, { mode: PRIVATE_FILE, flush: true }));
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw isRepriseError(error) ? error : unwritable(file, error);
  }
}
