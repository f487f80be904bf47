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
 * `name=value` is text, `name:=json` is JSON, `name<<END` is the text of the lines up to a line `END`; a file that is one
 * JSON object is its members. What a value looks like never decides what it is.
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

function parseObject(text: string): ReadOutputs {
  try {
    return { outputs: JSON.parse(text) };
  } catch (error) {
    return bad(`begins with { and is not JSON: ${(error as Error).message}`);
  }
}

function parseLines(text: string): ReadOutputs {
  const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  const entries: [string, unknown][] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as string;
    if (line.trim() === '') continue;
    const [, name = '', sign, value = ''] = /^([^=]*?)(<<|:=|=)(.*)$/.exec(line) ?? [];
    if (name.trim() === '') {
      return bad(`line ${i + 1} is not name=value, name:=json or name<<END: ${line.slice(0, 80)}`);
    }
    if (sign === '<<') {
      const end = value.trim() === '' ? -1 : lines.indexOf(value.trim(), i + 1);
      if (end < 0)
        return bad(`line ${i + 1} begins a text that no line ${value.trim()} ends: ${line.slice(0, 80)}`);
      entries.push([name.trim(), lines.slice(i + 1, end).join('\n')]);
      i = end;
    } else if (sign === ':=') {
      const json = parseJson(value);
      if (!json)
        return bad(
          `line ${i + 1} is not JSON after := (text is written ${name.trim()}=...): ${line.slice(0, 80)}`,
        );
      entries.push([name.trim(), json.value]);
    } else entries.push([name.trim(), value]);
  }
  return { outputs: Object.fromEntries(entries) };
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
