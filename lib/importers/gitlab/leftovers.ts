import {
  type Entry,
  isNull,
  type Located,
  type LocatedMap,
  settingOf,
  shown,
  type Tell,
} from '../located/located';

/** What is read of a job elsewhere. */
const READ = new Set([
  'after_script',
  'allow_failure',
  'before_script',
  'except',
  'inherit',
  'needs',
  'only',
  'parallel',
  'resource_group',
  'retry',
  'rules',
  'script',
  'stage',
  'tags',
  'timeout',
  'variables',
  'when',
]);

/** What has no counterpart. */
const MESSAGES: Readonly<Record<string, string>> = {
  artifacts: 'hand files on through a place that the nodes share',
  cache: 'the worker keeps its own caches',
  coverage: 'no coverage is read from what a command prints',
  dependencies: 'nodes have the files that their worker has',
  environment: 'there are no environments: nothing records a deployment or stops it',
  hooks: 'these commands do not run',
  id_tokens: 'no tokens are made: set them where the graph runs',
  identity: 'no credentials are made: set them where the graph runs',
  image: 'the worker must have what is in the image',
  interruptible: 'a newer job does not end an older one',
  manual_confirmation: 'nobody is asked',
  pages: 'nothing is published',
  publish: 'nothing is published',
  release: 'no release is made',
  run: 'steps of GitLab run only there',
  secrets: 'these are not fetched: give the node `secrets`, or set them where the graph runs',
  services: 'no services are started: the worker must have them',
  start_in: 'the node does not wait so long',
  trigger: 'no other pipeline is started',
};

/** Says what of a job is not in the graph. */
export function tellLeftovers(job: LocatedMap, tell: Tell): void {
  for (const [key, entry] of job.entries) {
    if (READ.has(key) || isNothing(key, entry.value)) continue;
    if (key === 'artifacts') tellArtifacts(entry, tell);
    else {
      const message = Object.hasOwn(MESSAGES, key) ? MESSAGES[key] : 'nothing like it is known here';
      tell('left-out', entry.spot, `${message} (${shown(entry.value)})`);
    }
  }
}

/** Taken back, or off: then it leaves nothing out. */
function isNothing(key: string, value: Located): boolean {
  return isNull(value) || (key === 'interruptible' && value.kind === 'plain' && value.value === false);
}

/** Reports of artifacts are read elsewhere. */
function tellArtifacts({ value, spot }: Entry, tell: Tell): void {
  if (value.kind !== 'map') return;
  const files = ['paths', 'untracked', 'exclude', 'public', 'access', 'expose_as'].some((key) =>
    settingOf(value, key),
  );
  if (files) tell('left-out', spot, `${MESSAGES['artifacts']} (${shown(value)})`);
}
