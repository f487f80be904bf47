import { shellQuote } from '../../core/dag/shell/word';
import { type Located, type LocatedMap, settingOf, type Tell, textOf } from '../located/located';

/** Where a job has its working copy on CircleCI; here that is where the command runs. */
export interface Directory {
  /** A path from the working copy; undefined for one that lies elsewhere. */
  readonly relative: (path: string) => string | undefined;
}

const DEFAULT = '~/project';

/** @see https://circleci.com/docs/reference/configuration-reference/#jobs working_directory */
export function directoryOf(job: LocatedMap): Directory {
  const given = settingOf(job, 'working_directory');
  const root = trimmed(given ? textOf(given) : DEFAULT);
  return {
    relative(path) {
      const clean = trimmed(
        path.replace(/^(\$CIRCLE_WORKING_DIRECTORY|\$\{CIRCLE_WORKING_DIRECTORY\})(?=\/|$)/, root),
      );
      if (clean === root) return '';
      if (clean.startsWith(`${root}/`)) return clean.slice(root.length + 1);
      return /^[~/$]/.test(clean) ? undefined : clean;
    },
  };
}

function trimmed(path: string): string {
  const plain = path
    .trim()
    .replace(/^(?:\.\/)+/, '')
    .replace(/\/+$/, '');
  return plain === '.' ? '' : plain;
}

/** The word of a shell for the directory of a step; undefined where it stays where it is. */
export function stepDirectory(given: Located, directory: Directory, tell: Tell): string | undefined {
  const text = textOf(given);
  const inside = directory.relative(text);
  if (inside === '') return undefined;
  if (inside === undefined)
    tell('changed', given.spot, `${text} is outside of the working copy, and must be there on the worker`);
  return wordOf(inside ?? text);
}

/** The agent of CircleCI knows `~` at the beginning, and variables. */
function wordOf(path: string): string {
  const rest = path.startsWith('~/') || path === '~' ? path.slice(1) : path;
  const pieces = rest.split(/(\$\w+|\$\{\w+\})/);
  const words = pieces.flatMap((piece, i) => {
    if (i % 2 === 1) return [`"\${${piece.replace(/[${}]/g, '')}-}"`];
    return piece === '' ? [] : [shellQuote(piece)];
  });
  return (path === rest ? '' : '"$HOME"') + words.join('');
}
