import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** One import, re-export or dynamic import of a source file. */
export interface Import {
  readonly file: string;
  readonly line: number;
  /** As written. */
  readonly from: string;
  /** The source file that it names; undefined for a package or a file that is no source. */
  readonly target: string | undefined;
  /** What it takes, by the names of where it comes from; `*` for all. */
  readonly names: readonly string[];
}

export interface Export {
  readonly file: string;
  readonly line: number;
  readonly name: string;
  readonly isType: boolean;
}

const IMPORT =
  /^(?:import|export)\s+(?:type\s+)?([^;'"]*?)\s*from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|^import\s+['"]([^'"]+)['"]/gm;
const DECLARATION =
  /^export\s+(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(function\*?|const|let|class|interface|type|enum)\s+(\w+)/gm;

/** TypeScript files under these folders, with forward slashes, in order. */
export function sources(...folders: string[]): string[] {
  const all = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  );
  return all.filter((name) => name.endsWith('.ts')).sort();
}

export function importsOf(file: string, text = readFileSync(file, 'utf8')): Import[] {
  return [...text.matchAll(IMPORT)].map((match) => {
    const from = (match[2] ?? match[3] ?? match[4]) as string;
    const names = (match[1] ?? '*').replace(/[{}]/g, '').split(',');
    return {
      ...{ file, from, line: lineAt(text, match.index), target: targetOf(file, from) },
      names: names.flatMap(
        (name) =>
          name
            .trim()
            .replace(/^type\s+/, '')
            .split(/\s+as\s+/)[0] || [],
      ),
    };
  });
}

export function exportsOf(file: string, text = readFileSync(file, 'utf8')): Export[] {
  return [...text.matchAll(DECLARATION)].map((match) => ({
    ...{ file, line: lineAt(text, match.index), name: match[2] as string },
    isType: match[1] === 'interface' || match[1] === 'type',
  }));
}

export function place({ file, line, from, target }: Import): string {
  return `${file}:${line} imports ${target ?? from}`;
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

function targetOf(file: string, from: string): string | undefined {
  if (!from.startsWith('.')) return undefined;
  const path = relative('.', resolve(dirname(file), from));
  return [`${path}.ts`, join(path, 'index.ts')].find((candidate) => existsSync(candidate));
}
