import type { Lookup } from './evaluate';

/** What the caller tells of the pipeline. */
export interface Given {
  /** Variables and their values; they go before those of the file, as those of a pipeline do on GitLab. */
  readonly set: ReadonlyMap<string, string>;
  /** Variables that are not set. */
  readonly unset: ReadonlySet<string>;
}

/**
 * What is known of predefined variables, by what the caller told: a branch, a tag and a merge request exclude each
 * other. The rest is unknown.
 * @see https://docs.gitlab.com/ci/variables/predefined_variables/
 */
export function predefined({ set, unset }: Given): Lookup {
  const branch = set.get('CI_COMMIT_BRANCH');
  const tag = set.get('CI_COMMIT_TAG');
  const isMergeRequest = set.get('CI_PIPELINE_SOURCE') === 'merge_request_event';
  const ref = branch ?? tag ?? set.get('CI_COMMIT_REF_NAME');
  const derived = new Map<string, string | null>([
    ['CI', 'true'],
    ['GITLAB_CI', 'true'],
    ...(ref === undefined ? [] : refNames(ref)),
    ...(branch === undefined && !isMergeRequest ? [] : [['CI_COMMIT_TAG', null] as const]),
    ...(tag === undefined && !isMergeRequest ? [] : [['CI_COMMIT_BRANCH', null] as const]),
  ]);
  const isNoMergeRequest = !isMergeRequest && (branch !== undefined || tag !== undefined);
  return (name) => {
    if (set.has(name)) return set.get(name);
    if (unset.has(name)) return null;
    if (derived.has(name)) return derived.get(name);
    return isNoMergeRequest && name.startsWith('CI_MERGE_REQUEST_') ? null : undefined;
  };
}

function refNames(ref: string): [string, string][] {
  return [
    ['CI_COMMIT_REF_NAME', ref],
    ['CI_COMMIT_REF_SLUG', slugOf(ref)],
  ];
}

/** Lower case, 63 characters at most, what is no letter or digit a hyphen, and none at the ends. */
export function slugOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
}
