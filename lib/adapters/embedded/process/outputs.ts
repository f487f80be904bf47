import { readFileSync, statSync } from 'node:fs';
import { LIMITS } from '../../../core/limits';
import { jsonProblem } from '../../../core/model/json-value';
import type { Outputs } from '../../../core/model/outputs';

export type ReadOutputs = { readonly outputs: Outputs } | { readonly problem: string };

/** What a command wrote to `$REPRISE_OUTPUT`: nothing, one JSON object, or lines as `parseOutputs` reads them. */
export function readOutputs(path: string): ReadOutputs {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return { outputs: {} };
  if (!stat.isFile()) return bad('is not a regular file');
  if (stat.size > LIMITS.outputBytes) return tooLarge(stat.size);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch {
    return bad('is not UTF-8 text');
  }
  return parseOutputs(text);
}

/**
 * `name=value` is text, `name:=json` is JSON, `name<<END` is the text of the lines up to a line `END`; a line, or a file,
 * that is a JSON object is its members. What a value looks like never decides what it is.
 */
export function parseOutputs(text: string): ReadOutputs {
  const parsed = text.trimStart().startsWith('{') ? parseObject(text) : parseLines(text);
  if ('problem' in parsed) return parsed;
  for (const [name, value] of Object.entries(parsed.outputs)) {
    const problem = problemOf(name, value);
    if (problem) return bad(problem);
  }
  // As JSON, which is how they travel, they may be larger than the lines they were written as.
  const bytes = Buffer.byteLength(JSON.stringify(parsed.outputs));
  return bytes > LIMITS.outputBytes ? tooLarge(bytes) : parsed;
}

/** One object of one line or several, or lines of which the first is one. */
function parseObject(text: string): ReadOutputs {
  try {
    return { outputs: JSON.parse(text) as Outputs };
  } catch (error) {
    const [first = ''] = text.trimStart().split('\n', 1);
    return parseJson(first)
      ? parseLines(text)
      : bad(`begins with { and is not JSON: ${(error as Error).message}`);
  }
}

/** What a line says, and the line after it. */
type Step = { readonly entries: readonly Entry[]; readonly next: number } | { readonly problem: string };
type Entry = readonly [name: string, value: unknown];

function parseLines(text: string): ReadOutputs {
  const lines = text.split('\n');
  const entries: Entry[] = [];
  for (let i = 0; i < lines.length; ) {
    const step = readLine(lines, i);
    if ('problem' in step)
      return bad(`line ${i + 1} ${step.problem}: ${(lines[i] as string).trim().slice(0, 80)}`);
    entries.push(...step.entries);
    i = step.next;
  }
  return { outputs: Object.fromEntries(entries) };
}

function readLine(lines: readonly string[], i: number): Step {
  const line = withoutReturn(lines[i] as string);
  const next = i + 1;
  if (line.trim() === '') return { entries: [], next };
  if (line.trimStart().startsWith('{')) return readObject(line, next);
  const [, name = '', sign, value = ''] = /^([^=]*?)(<<|:=|=)(.*)$/s.exec(line) ?? [];
  if (name.trim() === '') return { problem: 'is not name=value, name:=json, name<<END or a JSON object' };
  if (sign === '<<') return readText(lines, i, { name: name.trim(), end: value.trim() });
  if (sign === '=') return { entries: [[name.trim(), value]], next };
  const json = parseJson(value);
  if (!json) return { problem: `is not JSON after := (text is written ${name.trim()}=...)` };
  return { entries: [[name.trim(), json.value]], next };
}

function readObject(line: string, next: number): Step {
  try {
    return { entries: Object.entries(JSON.parse(line) as object), next };
  } catch (error) {
    return { problem: `begins with { and is not JSON (${(error as Error).message})` };
  }
}

/** The lines of a text as they stand. Where its first line ends with a carriage return, the one before the end is no part of it. */
function readText(
  lines: readonly string[],
  i: number,
  { name, end }: { readonly name: string; readonly end: string },
): Step {
  const at = end === '' ? -1 : lines.findIndex((line, k) => k > i && withoutReturn(line) === end);
  if (at < 0) return { problem: `begins a text that no line ${end} ends` };
  const value = lines.slice(i + 1, at).join('\n');
  const hasReturns = (lines[i] as string).endsWith('\r');
  return { entries: [[name, hasReturns ? withoutReturn(value) : value]], next: at + 1 };
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** Names and values that the journal could not carry: JSON.parse reads 1e999 as a number that JSON cannot write. */
function problemOf(name: string, value: unknown): string | undefined {
  if (name === '' || name.length > LIMITS.outputNameLength || name === '__proto__') {
    return `has a name that is empty, reserved or longer than ${LIMITS.outputNameLength} characters: ${name.slice(0, 80)}`;
  }
  const problem = jsonProblem(value, Number.POSITIVE_INFINITY);
  return problem && `holds a value of ${name} that ${problem}`;
}

function tooLarge(bytes: number): ReadOutputs {
  return bad(
    `holds ${bytes} bytes, at most ${LIMITS.outputBytes} are handed on: write large results to a file and hand on its path`,
  );
}

function bad(what: string): ReadOutputs {
  return { problem: `outputs: $REPRISE_OUTPUT ${what}` };
}
