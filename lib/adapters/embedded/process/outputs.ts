import { readFileSync, statSync } from 'node:fs';
import type { Outputs } from '../../../core/model/outputs';

/** Outputs travel with every event of a node and into Step Functions: they are for values, not for files. */
const MAX_OUTPUT_BYTES = 16 * 1024;
const MAX_NAME = 128;
const MAX_DEPTH = 32;

export type ReadOutputs = { readonly outputs: Outputs } | { readonly problem: string };

/** What a command wrote to `$REPRISE_OUTPUT`: nothing, one JSON object, or lines of `name=value`. */
export function readOutputs(path: string): ReadOutputs {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return { outputs: {} };
  if (!stat.isFile()) return bad('is not a regular file');
  if (stat.size > MAX_OUTPUT_BYTES) return tooLarge(stat.size);
  try {
    return parseOutputs(new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)));
  } catch {
    return bad('is not UTF-8 text');
  }
}

export function parseOutputs(text: string): ReadOutputs {
  const parsed = text.trimStart().startsWith('{') ? parseObject(text) : parseLines(text);
  if ('problem' in parsed) return parsed;
  // As JSON, which is how they travel, they may be larger than the lines they were written as.
  const bytes = Buffer.byteLength(JSON.stringify(parsed.outputs));
  if (bytes > MAX_OUTPUT_BYTES) return tooLarge(bytes);
  for (const [name, value] of Object.entries(parsed.outputs)) {
    const problem = problemOf(name, value);
    if (problem) return bad(problem);
  }
  return parsed;
}

function parseObject(text: string): ReadOutputs {
  try {
    return { outputs: JSON.parse(text) };
  } catch (error) {
    return bad(`begins with { and is not JSON: ${(error as Error).message}`);
  }
}

function parseLines(text: string): ReadOutputs {
  const entries: [string, unknown][] = [];
  for (const [i, raw] of text.split('\n').entries()) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (line.trim() === '') continue;
    const at = line.indexOf('=');
    if (at <= 0) return bad(`line ${i + 1} is not name=value: ${line.slice(0, 80)}`);
    entries.push([line.slice(0, at).trim(), jsonOrText(line.slice(at + 1))]);
  }
  return { outputs: Object.fromEntries(entries) };
}

function jsonOrText(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** Names and values that the journal could not carry: JSON.parse reads 1e999 as a number that JSON cannot write. */
function problemOf(name: string, value: unknown): string | undefined {
  if (name === '' || name.length > MAX_NAME || name === '__proto__') {
    return `has a name that is empty, reserved or longer than ${MAX_NAME} characters: ${name.slice(0, 80)}`;
  }
  return valueProblem(value, 1) && `holds a value of ${name} that ${valueProblem(value, 1)}`;
}

function valueProblem(value: unknown, depth: number): string | undefined {
  if (typeof value === 'number' && !Number.isFinite(value)) return 'is a number out of range';
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > MAX_DEPTH) return `is nested deeper than ${MAX_DEPTH} levels`;
  if (Object.hasOwn(value, '__proto__')) return 'uses the reserved name __proto__';
  for (const inner of Object.values(value)) {
    const problem = valueProblem(inner, depth + 1);
    if (problem) return problem;
  }
  return undefined;
}

function tooLarge(bytes: number): ReadOutputs {
  return bad(
    `holds ${bytes} bytes, at most ${MAX_OUTPUT_BYTES} are handed on: write large results to a file and hand on its path`,
  );
}

function bad(what: string): ReadOutputs {
  return { problem: `outputs: $REPRISE_OUTPUT ${what}` };
}
