import { isMapping } from '../core/dag/check/outline';
import { RepriseError } from '../core/errors';
import { looksLikeArgo } from './argo/recognise';
import { looksLikeBuildkite } from './buildkite/recognise';
import { looksLikeCircleci } from './circleci/recognise';
import { readForeign } from './foreign';
import { looksLikeWorkflow } from './github/recognise';
import { looksLikeGitlab } from './gitlab/recognise';
import type { ForeignFile, Looked } from './imported';
import { looksLikeNx } from './nx/recognise';
import { looksLikePlaywright } from './playwright/recognise';
import {
  looksLikeGo,
  looksLikeJest,
  looksLikeJUnit,
  looksLikePytest,
  looksLikeVitest,
} from './shards/recognise';
import { looksLikeTurbo } from './turbo/recognise';

/** Whether a file is one of an importer's, by a look at its top level: cheap, and never an error. */
type Recognises = (file: Looked) => boolean;

/** Each kind that a file can be told to be. A new importer adds its line. */
const RECOGNISED = {
  'github-actions': looksLikeWorkflow,
  gitlab: looksLikeGitlab,
  circleci: looksLikeCircleci,
  argo: looksLikeArgo,
  buildkite: looksLikeBuildkite,
  nx: looksLikeNx,
  turbo: looksLikeTurbo,
  playwright: looksLikePlaywright,
  pytest: looksLikePytest,
  jest: looksLikeJest,
  vitest: looksLikeVitest,
  go: looksLikeGo,
  junit: looksLikeJUnit,
} as const satisfies Readonly<Record<string, Recognises>>;

export type DetectedKind = keyof typeof RECOGNISED;

/**
 * Which importer a file is for.
 * @throws RepriseError INPUT_INVALID where none knows it, or several do; the message lists the kinds, or says where its YAML is broken
 */
export function detectKind(file: ForeignFile): DetectedKind {
  const kinds = Object.keys(RECOGNISED) as DetectedKind[];
  const { top, unread } = topOf(file);
  const looked: Looked = { ...file, top };
  const found = kinds.filter((kind) => RECOGNISED[kind](looked));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (found.length === 0 && unread && /\.(ya?ml|json)$/.test(file.source)) throw unread;
  const why =
    found.length === 0
      ? `no importer knows what it is: say it, as in \`reprise import ${kinds[0]} ${file.source}\`; the kinds are ${kinds.join(', ')}`
      : `it may be ${found.join(' or ')}: say which, as in \`reprise import ${only} ${file.source}\``;
  throw new RepriseError('INPUT_INVALID', `${file.source}: ${why}`);
}

/** What cannot be read is told by the importer that it is for, if one knows it by other signs. */
function topOf(file: ForeignFile): { readonly top: Looked['top']; readonly unread?: unknown } {
  try {
    const { value } = readForeign(file);
    return { top: isMapping(value) ? value : undefined };
  } catch (unread) {
    return { top: undefined, unread };
  }
}
