import { Option } from 'commander';
import { RepriseError } from '../core/errors';
import type { DetectedKind } from '../importers/detect';
import type { ForeignFile, ImportedGraph } from '../importers/imported';
import type { TurboRunner } from '../importers/turbo/import';
import { wholeNumber } from './numbers';

/** How files of one kind are imported. */
export interface Kind {
  readonly name: DetectedKind;
  readonly description: string;
  readonly options: readonly Option[];
  readonly importer: (options: Given) => Importer;
}

/** A file to import, and how it was named; `-` is standard input. */
export interface Read extends ForeignFile {
  readonly file: string;
}

export type Importer = (file: Read, name: string) => ImportedGraph;

/** What the options of the kinds give, each by its name. */
export interface Given {
  readonly json?: boolean;
  readonly out?: string;
  readonly name?: string;
  readonly set?: readonly [string, string][];
  readonly unset?: readonly string[];
  readonly workflow?: string;
  readonly runWith?: TurboRunner;
  readonly shards?: number;
  readonly setup?: readonly string[];
  readonly root?: string;
  readonly merge?: string;
  readonly command?: string;
  readonly reportDir?: string;
  readonly run?: string;
  readonly list?: string;
  readonly reports?: string;
}

const MAX_SHARDS = 1_000;

export function shardsOption(): Option {
  return new Option('--shards <n>', 'how many shards').argParser(
    wholeNumber('--shards', { most: MAX_SHARDS }),
  );
}

/** @throws RepriseError INPUT_INVALID where nobody has said how many */
export function shardsOf({ shards }: Given): number {
  if (shards !== undefined) return shards;
  throw new RepriseError(
    'INPUT_INVALID',
    'a report of tests is split into shards: say how many with --shards N',
  );
}
