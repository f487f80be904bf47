import type { Command } from 'commander';

/** By the words of a command. Each is shown with its help, stands in docs/cli.md, and is held to be one that we take. */
export const EXAMPLES: Readonly<Record<string, readonly (readonly [line: string, does: string])[]>> = {
  init: [
    ['reprise init', 'write a graph from what this folder has, and say why'],
    ['reprise init --dry-run', 'only print it'],
    ['reprise init --from .github/workflows/ci.yml', 'from a file of the CI system'],
  ],
  run: [
    ['reprise run shop.graph.yaml', 'run it here, as many attempts at a time as there are processors'],
    ['reprise run shop.graph.yaml --slots 4 --param commit=4f1c', 'four at a time, with a parameter'],
    ['reprise run shop.graph.yaml --annotate github', 'in a workflow of GitHub: tell it what failed'],
  ],
  submit: [
    ['reprise submit shop.graph.yaml', 'to the daemon of this folder'],
    ['reprise submit shop.graph.yaml --profile prod --watch', 'to a deployed engine, and follow it'],
  ],
  share: [['reprise share JOB ben', 'ben sees it, and gives it commands under his own scopes']],
  unshare: [['reprise unshare JOB ben', 'not any more']],
  list: [
    ['reprise list', 'jobs of this folder, whoever runs them'],
    ['reprise list --status running --profile prod', 'what a deployed engine runs'],
  ],
  show: [['reprise show JOB', 'how it stands, and each of its nodes']],
  watch: [
    ['reprise watch JOB', 'from its first event to its end'],
    ['reprise watch JOB --json', 'its events, one a line'],
  ],
  logs: [
    ['reprise logs JOB', 'of each node the last attempt'],
    ['reprise logs JOB --node api --attempt 1', 'of one attempt'],
    ['reprise logs JOB --follow', 'as it is written, to the end of the job'],
  ],
  cancel: [['reprise cancel JOB --reason "wrong branch"', 'what cleans up still runs']],
  pause: [['reprise pause JOB', 'what runs goes on, nothing new begins']],
  unpause: [['reprise unpause JOB', 'go on with it']],
  resume: [
    ['reprise resume JOB', 'what did not succeed runs, and nothing else'],
    ['reprise resume JOB --graph shop.graph.yaml --dry-run', 'what would run over a changed graph'],
  ],
  retry: [
    ['reprise retry JOB', 'whatever can be tried again'],
    ['reprise retry JOB api browser-3 --reason "the mail server is back"', 'these nodes'],
  ],
  rollback: [
    ['reprise rollback JOB --dry-run', 'what would be undone, in order'],
    ['reprise rollback JOB --to 40', 'but for what was complete at event 40'],
  ],
  explain: [['reprise explain JOB api', 'why each of its attempts was made, and why no other']],
  retries: [
    ['reprise retries JOB', 'of each node what failed, as what, and what retries came to'],
    ['reprise retries JOB --outcome failed', 'those that retries did not mend'],
  ],
  recoveries: [
    ['reprise recoveries JOB', 'which attempts were lost, how, and what was done'],
    ['reprise recoveries JOB --status failed', 'what needs a person'],
  ],
  report: [
    ['reprise report JOB', 'Markdown, for people'],
    ['reprise report JOB --format junit --out junit.xml', 'for other tools'],
    [
      'reprise report JOB --profile lab --junit junit.xml --ctrf job.json',
      'of a job of this engine (`reprise profile`)',
    ],
  ],
  annotate: [
    ['reprise annotate JOB', 'for the CI system that this runs in'],
    ['reprise annotate JOB --for gitlab', 'the files that GitLab reads'],
  ],
  trace: [
    ['reprise trace JOB', 'all that carries the id'],
    ['reprise trace JOB --endpoint http://127.0.0.1:4318', 'to a receiver of OpenTelemetry'],
  ],
  'dlq list': [['reprise dlq list --status open', 'what waits for a person']],
  'dlq show': [['reprise dlq show GROUP', 'what its letters said']],
  'dlq redrive': [
    ['reprise dlq redrive GROUP', 'one first; the others where it ends well'],
    ['reprise dlq redrive GROUP --all --timeout 20m', 'all at once, with more time'],
  ],
  'dlq resolve': [['reprise dlq resolve GROUP --how skip --reason "fixed by hand"', 'it counts as skipped']],
  'dlq assign': [['reprise dlq assign GROUP --to ana', 'who sees to them']],
  'dlq note': [['reprise dlq note GROUP "the certificate has expired"', 'for whoever looks later']],
  flakes: [['reprise flakes', 'what fails though the same input passes as well']],
  'quarantine add': [
    [
      'reprise quarantine add 0123456789abcdef --owner ana --reason T-123 --expires 14d',
      'its failures are warnings for two weeks',
    ],
  ],
  'quarantine list': [['reprise quarantine list', 'those that have expired too']],
  'quarantine remove': [['reprise quarantine remove 0123456789abcdef', 'its failures count again']],
  classify: [['reprise classify failures.jsonl', 'a line for each message: class, how sure, why']],
  correct: [
    [
      'reprise correct JOB api --class infrastructure --reason "the disk was full"',
      'for this attempt, and failures like it',
    ],
  ],
  effectiveness: [['reprise effectiveness --slot-hour-usd 0.04', 'what retries saved, and cost']],
  'import github-actions': [
    ['reprise import github-actions .github/workflows/ci.yml --out ci.graph.yaml', 'a node per job'],
  ],
  'import gitlab': [
    ['reprise import gitlab .gitlab-ci.yml --set CI_COMMIT_BRANCH=main', 'as for this branch'],
  ],
  'import circleci': [
    ['reprise import circleci .circleci/config.yml --workflow test', 'one of its workflows'],
  ],
  'import argo': [['reprise import argo workflow.yaml', 'a node for each script or container']],
  'import buildkite': [['reprise import buildkite pipeline.yml', 'a node for each command step']],
  'import nx': [['reprise import nx graph.json', 'of `nx run-many -t test --graph=graph.json`']],
  'import turbo': [['reprise import turbo tasks.json --run-with turbo', 'of `turbo run test --dry=json`']],
  'import playwright': [['reprise import playwright report.json --shards 8', 'shards of even duration']],
  'import pytest': [['reprise import pytest .test_durations --shards 4', 'files in shards of even duration']],
  'import jest': [
    ['reprise import jest report.json --shards 4', 'of `jest --json --outputFile=report.json`'],
  ],
  'import vitest': [['reprise import vitest report.json --shards 4', "of Vitest's json reporter"]],
  'import go': [['reprise import go report.jsonl --shards 4', 'of `go test -json ./...`']],
  'import junit': [
    [
      "reprise import junit report.xml --shards 2 --run 'rspec {files}' --list 'git ls-files spec'",
      'of any runner',
    ],
  ],
  'import detect': [['reprise import ci.yml', 'its kind is told by its content']],
  'export github-actions': [
    [
      'reprise export github-actions shop.graph.yaml --out .github/workflows/shop.yml',
      'a workflow of one job',
    ],
  ],
  'export gitlab': [['reprise export gitlab shop.graph.yaml', 'a pipeline of one job']],
  compile: [
    ['reprise compile shop.graph.yaml', 'what it takes: transitions, costs, makespan'],
    ['reprise compile shop.graph.yaml --out machines', 'and the state machines'],
  ],
  graph: [
    ['reprise graph shop.graph.yaml --out shop.svg', 'a picture'],
    ['reprise graph shop.graph.yaml --explain api', 'what a node waits for, and why'],
  ],
  simulate: [['reprise simulate shop.graph.yaml --workers 8', 'how long it takes, in virtual time']],
  'trigger set': [['reprise trigger set nightly.trigger.yaml', 'as the file says']],
  'trigger list': [['reprise trigger list', 'your triggers']],
  'trigger show': [['reprise trigger show nightly', 'what it did last']],
  'trigger fire': [['reprise trigger fire nightly', 'start its job now']],
  'trigger pause': [['reprise trigger pause nightly', 'until it is unpaused']],
  'trigger unpause': [['reprise trigger unpause nightly', 'start jobs again']],
  'trigger delete': [['reprise trigger delete nightly', 'its jobs go on']],
  event: [['reprise event push.yaml', 'triggers that ask for it start their jobs']],
  'events list': [['reprise events list', 'their types, versions and severities']],
  'events schemas': [['reprise events schemas --out schemas', 'a file for each type']],
  'events reference': [['reprise events reference', 'the page docs/events.md']],
  'notify list': [['reprise notify list', 'targets, and what waits there']],
  'notify show': [['reprise notify show chat', 'what happened at one']],
  'notify test': [['reprise notify test chat', 'send it a sample']],
  'notify ack': [['reprise notify ack pager ALERT', 'nobody else is told of it']],
  'notify redrive': [['reprise notify redrive chat', 'send again what could not be sent']],
  'notify check': [['reprise notify check notifications.yaml', 'before a daemon reads it']],
  serve: [
    ['reprise serve', 'on 127.0.0.1:4400, for this folder'],
    ['reprise serve --port 0 --slots 4', 'on a free port; its address is in .reprise/server.json'],
  ],
  agent: [
    [
      'reprise agent --api https://engine.example.com/v1 --token-file token --slots 4 --labels linux',
      'four attempts at a time',
    ],
  ],
  'workers list': [['reprise workers', 'status, score and free slots of each']],
  'workers cordon': [['reprise workers cordon w1 --reason "its disk is slow"', 'no new work for it']],
  'workers uncordon': [['reprise workers uncordon w1', 'give it work again']],
  'queue list': [['reprise queue list', 'of all pools']],
  'queue show': [['reprise queue show', 'of the pool `default`']],
  'queue set': [
    ['reprise queue set --status draining', 'before maintenance: what waits and runs is finished'],
    ['reprise queue set linux --max-running-jobs 50 --status open', 'of the pool `linux`'],
  ],
  'dependency list': [['reprise dependency list', 'and their breakers']],
  'dependency show': [['reprise dependency show mail', 'and its latest changes']],
  'dependency force': [['reprise dependency force mail --state open', 'keep work off it']],
  'dependency reset': [['reprise dependency reset mail', 'count anew']],
  health: [['reprise health', 'of the daemon of this folder, and what it depends on']],
  doctor: [
    ['reprise doctor shop.graph.yaml', 'whether this machine can run it'],
    ['reprise doctor --profile prod', 'whether an engine is reached and takes the token'],
  ],
  'config show': [['reprise config show --origin', 'every key, and where its value comes from']],
  'config check': [['reprise config check config.yaml', 'before an engine reads it']],
  'config set': [['reprise config set retries.explore 0.05 --reason "to learn"', 'holds at once']],
  'config unset': [['reprise config unset retries.explore', 'take it back']],
  'config history': [['reprise config history', 'who changed what, and when']],
  predictions: [['reprise predictions', 'workers, dependencies, nodes and tests']],
  bottlenecks: [['reprise bottlenecks --jobs 50', 'of the latest jobs']],
  capacity: [['reprise capacity --target-wait 30', 'a fleet that keeps waits short']],
  'what-if': [['reprise what-if --workers 20', 'recorded jobs on twenty workers']],
  chaos: [['reprise chaos --seed 7 --jobs 500', 'the same seed gives the same run']],
  'journal verify': [
    ['reprise journal verify JOB', 'its hash chain, head and anchors'],
    ['reprise journal verify --all', 'every journal, and that none is gone'],
  ],
  'journal show': [['reprise journal show JOB', 'its events as they were written']],
  'journal export': [['reprise journal export JOB --out job.jsonl', 'with a signed head, to verify offline']],
  'journal replay': [['reprise journal replay JOB --at 40', 'how it stood at event 40']],
  'journal diff': [['reprise journal diff JOB --from 10 --to 40', 'what changed between the two']],
  'journal anchor': [['reprise journal anchor', 'sign where all journals end']],
  'journal key': [['reprise journal key', 'the key that signs exports']],
  'audit list': [['reprise audit list --from 2026-11-29', 'of this day on']],
  'audit report': [['reprise audit report --job JOB --html report.html', 'a page to read and to print']],
  cleanup: [['reprise cleanup --older-than 30d --dry-run', 'what would go']],
  migrate: [['reprise migrate --dry-run', 'what this version would change']],
  'profile add': [
    [
      'reprise profile add prod --api https://engine.example.com/v1 --token-file - --use',
      'the token is read from standard input, and kept',
    ],
  ],
  'profile use': [
    ['reprise profile use prod', 'commands speak to it'],
    ['reprise profile use local', 'commands speak to this machine again'],
  ],
  'profile list': [['reprise profile list', 'the one in use has a star']],
  'profile remove': [['reprise profile remove prod', 'and the token that was kept']],
  token: [['reprise token --env local --scope orchestration.admin', 'for the local cloud']],
  completion: [
    ['reprise completion bash > ~/.local/share/bash-completion/completions/reprise', 'for bash'],
    ['reprise completion zsh > "${fpath[1]}/_reprise"', 'for zsh'],
    ['reprise completion fish > ~/.config/fish/completions/reprise.fish', 'for fish'],
  ],
};

/** Shows each command of a program its examples below its help. */
export function addExamples(program: Command): void {
  for (const command of program.commands) dress(command, command.name());
}

function dress(command: Command, words: string): void {
  const examples = EXAMPLES[words];
  if (examples) command.addHelpText('after', `\nExamples:\n${examples.map(shown).join('')}`.trimEnd());
  for (const each of command.commands) dress(each, `${words} ${each.name()}`);
}

function shown([line, does]: readonly [string, string]): string {
  return `  $ ${line}\n      ${does}\n`;
}
