/** What stands in for steps that CircleCI has built in, but for those that are read elsewhere. */
export const BUILT_IN: Readonly<Record<string, string>> = {
  add_ssh_keys: 'the worker has the keys that it has',
  attach_workspace: 'hand files on through a place that the nodes share',
  checkout: 'the commands run in the working copy of the worker',
  persist_to_workspace: 'hand files on through a place that the nodes share',
  restore_cache: 'the worker keeps its own caches',
  save_cache: 'the worker keeps its own caches',
  setup_remote_docker: 'the worker must have Docker',
  store_artifacts: 'hand files on through a place that the nodes share',
};

/** Whether CircleCI has a step built in. */
export function isBuiltIn(name: string): boolean {
  return Object.hasOwn(BUILT_IN, name) || ['run', 'deploy', 'store_test_results'].includes(name);
}
