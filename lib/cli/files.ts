import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { unreadable, unwritable } from '../adapters/embedded/disk/file-error';
import type { Graph } from '../core/dag/graph';
import { parseGraph } from '../core/dag/parse';
import { readDocument } from '../core/dag/read/document';
import { RepriseError } from '../core/errors';
import { LIMITS } from '../core/limits';
import { present } from '../core/model/present';
import { decodeUtf8 } from '../core/model/utf8';
import { readForeign } from '../importers/foreign';

/** What people call what is read from `-`. */
const STANDARD_INPUT = 'standard input';

/** @throws RepriseError INPUT_INVALID, INPUT_TOO_LARGE, or what `parseGraph` throws */
export async function readGraph(file: string): Promise<Graph> {
  return parseGraph(await readText(file), basename(file));
}

/** The graph as the file has it, once it is known to be one. @throws as `readGraph` */
export async function graphDocument(file: string): Promise<Record<string, unknown>> {
  const text = await readText(file);
  const source = sourceOf(file);
  parseGraph(text, source);
  return readDocument(text, source).value as Record<string, unknown>;
}

/** The document of a file that is no graph, YAML or JSON. @throws RepriseError INPUT_INVALID, INPUT_TOO_LARGE */
export async function readYaml(file: string): Promise<unknown> {
  return readForeign({ text: await readText(file), source: sourceOf(file) }).value;
}

/** What messages call a file. */
export function sourceOf(file: string): string {
  return file === '-' ? STANDARD_INPUT : basename(file);
}

/** The text of a file, or of standard input for `-`. @throws RepriseError INPUT_INVALID, INPUT_TOO_LARGE */
export async function readText(file: string): Promise<string> {
  const name = file === '-' ? STANDARD_INPUT : file;
  const decoded = decodeUtf8(await readBytes(name, file === '-' ? process.stdin : createReadStream(file)));
  if ('text' in decoded) return decoded.text;
  throw new RepriseError('INPUT_INVALID', `${name} ${decoded.problem}`);
}

/** Writes a file whole. @param mode of one that is made by it @throws RepriseError INPUT_INVALID */
export async function writeText(file: string, text: string, mode?: number): Promise<void> {
  try {
    await writeFile(file, text, present({ mode }));
  } catch (error) {
    throw unwritable(file, error);
  }
}

/** No more than may be: what is read may be a pipe, or a device that never ends. */
async function readBytes(name: string, stream: Readable): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      size += (chunk as Buffer).length;
      if (size > LIMITS.textLength) throw tooLarge(name);
      chunks.push(chunk as Buffer);
    }
  } catch (error) {
    throw error instanceof RepriseError ? error : unreadable(name, error);
  }
  return Buffer.concat(chunks);
}

function tooLarge(name: string): RepriseError {
  return new RepriseError('INPUT_TOO_LARGE', `${name} holds more than ${LIMITS.textLength} bytes`);
}
