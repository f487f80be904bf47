import { parseCommand } from '../runners/command';
import { runnerOf } from '../runners/runners';
import type { Aside } from './sketch';

/** What becomes of a script of a package. */
export type Part = 'build' | 'check' | 'test';

export interface Script {
  readonly name: string;
  readonly text: string;
  readonly part: Part;
  /** The runner that it starts, where its words show one. */
  readonly runner?: string;
}

interface Chosen {
  readonly scripts: readonly Script[];
  readonly aside: readonly Aside[];
}

/** What npm writes into a new package. */
const PLACEHOLDER = /Error: no test specified/;

const BUILD = /^(build|compile)$/;
const CHECK = /^(lint|typecheck|type-check|types|tsc|check|format[:-]check|check-format)([:.-].+)?$/;
const TEST = /^(test|tests|unit|integration|e2e|spec|specs)([:.-].+)?$/;

/** Scripts of these names change files, never end, or run the same tests once more. */
const NOT_HERE =
  /(^|[:.-])(watch|fix|write|update|debug|inspect|ui|headed|dev|open|serve|server|install|setup|codegen|report|clean)($|[:.-])/;
const AGAIN = /(^|[:.-])(coverage|cov|ci)($|[:.-])/;

/** The scripts that belong in a graph, in the order of the file, and why others do not. @param file that has them */
export function chooseScripts(scripts: Readonly<Record<string, string>>, file: string): Chosen {
  const aside: Aside[] = [];
  const chosen: Script[] = [];
  for (const [name, text] of Object.entries(scripts)) {
    const part = partOf(name);
    if (part === undefined) continue;
    const why = whyNot(name, text, scripts);
    if (why === undefined) chosen.push(scriptOf(name, text, part));
    else aside.push({ file, why: `the script ${JSON.stringify(name)} ${why}` });
  }
  return { scripts: chosen, aside };
}

function partOf(name: string): Part | undefined {
  if (BUILD.test(name)) return 'build';
  if (CHECK.test(name)) return 'check';
  return TEST.test(name) ? 'test' : undefined;
}

function scriptOf(name: string, text: string, part: Part): Script {
  const command = parseCommand(text);
  const runner = command && runnerOf(command)?.name;
  return { name, text, part, ...(runner === undefined ? {} : { runner }) };
}

function whyNot(name: string, text: string, scripts: Readonly<Record<string, string>>): string | undefined {
  if (PLACEHOLDER.test(text)) return 'is what npm writes where there are no tests';
  if (NOT_HERE.test(name)) return 'is for people at work: it changes files, or does not end';
  const [base] = name.split(/[:.-]/);
  if (AGAIN.test(name) && base !== undefined && base !== name && Object.hasOwn(scripts, base))
    return `runs again what ${JSON.stringify(base)} runs`;
  const run = runsOnly(text, scripts);
  if (run.length > 0) return `only runs ${run.join(', ')}, which are nodes of their own`;
  return undefined;
}

/** Other scripts, where a script does nothing but run them, all of them nodes. */
function runsOnly(text: string, scripts: Readonly<Record<string, string>>): string[] {
  const parts = text.split(/&&|;/).map((part) => part.trim());
  const names = parts.map((part) => namesIn(part, Object.keys(scripts)));
  const isAll = names.every((each) => each.length > 0 && each.every((name) => partOf(name) !== undefined));
  return isAll ? [...new Set(names.flat())] : [];
}

/** The scripts that one command runs; none where it does something else. */
function namesIn(command: string, known: readonly string[]): string[] {
  const single = /^(?:npm|pnpm|yarn|bun)\s+(?:run\s+|run-script\s+)?(?:-s\s+|--silent\s+)?([\w:.-]+)$/.exec(
    command,
  )?.[1];
  if (single !== undefined) {
    const name = single === 't' ? 'test' : single;
    return known.includes(name) ? [name] : [];
  }
  const several = /^(?:run-s|run-p|npm-run-all2?)\s+(.+)$/.exec(command)?.[1];
  if (several === undefined) return [];
  return several
    .split(/\s+/)
    .filter((word) => !word.startsWith('-'))
    .flatMap((word) => {
      const unquoted = word.replace(/^["']|["']$/g, '');
      if (!unquoted.includes('*')) return known.includes(unquoted) ? [unquoted] : [''];
      const pattern = new RegExp(
        `^${unquoted.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*+/g, '[^:]*')}$`,
      );
      return known.filter((name) => pattern.test(name));
    });
}

/** A script that hands over to a tool which runs the scripts of all workspaces. */
export function delegates(text: string): boolean {
  return /(--workspaces\b|\s-ws\b|\bpnpm\s+(-r|--recursive)\b|\blerna\s+run\b|\bturbo\b|\bnx\s+(run-many|affected|run)\b|\byarn\s+workspaces\b)/.test(
    text,
  );
}
