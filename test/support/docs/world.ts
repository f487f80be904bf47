import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

/** A job that fails in ways of its own, so that there are several groups of dead letters. */
const GRAPH = `name: docs
nodes:
  - { id: NODE, run: 'test -e mended || { echo "AssertionError: expected 42 but got 41" >&2; exit 1; }' }
  - { id: n1, run: 'echo "TypeError: cart is undefined" >&2; exit 1' }
  - { id: n2, run: 'echo "Error: Cannot find module left-pad" >&2; exit 1' }
  - { id: n3, run: 'echo "HTTP 401 Unauthorized" >&2; exit 1' }
  - { id: n5, run: 'true' }
  - { id: n6, run: 'true' }
  - { id: n7, run: 'true' }
  - { id: n8, run: 'true' }
  - { id: n4, run: 'echo "ReferenceError: total is not defined" >&2; exit 1' }
`;
const TRIGGER = `name: NAME
on:
  schedule: { cron: '30 2 * * 1-5', timezone: Europe/Paris }
job: { graph: tests.graph.yaml }
`;
const JUNIT = `<testsuites><testsuite name="spec" time="3"><testcase name="adds" classname="cart" file="spec/cart_spec.rb" time="1"/>
<testcase name="pays" classname="pay" file="spec/pay_spec.rb" time="2"/></testsuite></testsuites>`;
const JEST = {
  testResults: [
    { name: '/work/cart.test.js', startTime: 0, endTime: 900, status: 'passed', assertionResults: [] },
  ],
  success: true,
};

/** Files that the commands of the pages name, by their names. */
const FILES: Readonly<Record<string, string>> = {
  GRAPH,
  'ci.graph.yaml': GRAPH,
  'tests.graph.yaml': 'name: tests\nnodes: [{ id: a, run: "true" }]\n',
  'nightly.trigger.yaml': TRIGGER.replace('NAME', 'nightly'),
  'NAME.trigger.yaml': TRIGGER,
  'event.json': '{"source": "git", "detail-type": "push", "detail": {"commit": "4f1c"}}',
  'fleet.json': '[{"slots": 2, "count": 2}]',
  'failures.jsonl': '{"id": "1", "message": "connect ECONNREFUSED 127.0.0.1:5432"}\n',
  'report.xml': JUNIT,
  'report-of-jenkins.xml': JUNIT,
  '.gitlab-ci.yml':
    'stages: [build, test]\nbuild: { stage: build, script: [make build] }\nunit: { stage: test, script: [make unit], parallel: 2 }\n',
  '.circleci/config.yml':
    'version: 2.1\njobs:\n  build: { docker: [{ image: "cimg/node:22.0" }], steps: [{ run: make }] }\nworkflows: { ci: { jobs: [build] } }\n',
  '.buildkite/pipeline.yml': 'steps:\n  - { label: build, key: build, command: make }\n',
  'workflow.yaml':
    'apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: { name: ci }\nspec:\n  entrypoint: main\n  templates:\n    - { name: main, dag: { tasks: [{ name: build, template: make }] } }\n    - { name: make, container: { image: alpine, command: [sh, -c], args: [make] } }\n',
  'jest-report.json': JSON.stringify(JEST),
  'mended-by-hand.txt': '',
  Makefile: 'build unit api e2e clean test-fast:\n\t@echo $@\nspec:\n\t@echo $(FILES)\n',
};

/** What others have recorded, under the names that the pages give it. */
const COPIES: Readonly<Record<string, string>> = {
  '.github/workflows/ci.yml': 'test/fixtures/import/github/matrix.yml',
  'tasks.json': 'test/fixtures/import/nx/run-many.json',
  'turbo.json': 'test/fixtures/import/turbo/monorepo.json',
  'report.json': 'test/fixtures/import/playwright/report.json',
  '.test_durations': 'test/fixtures/import/shards/pytest.test_durations',
  'events.jsonl': 'test/fixtures/import/shards/go-test.jsonl',
  'docs/openapi.json': 'docs/openapi.json',
};

/** Programs of others are not run: each leaves what it was recorded to leave. `reprise` may say that a job failed, and nothing worse. */
const npxOf = (cli: string) => `#!/bin/bash
[ "$1" = --no ] && shift
case "$1" in
  reprise) shift ;;
  nx) cp "$FIXTURES/nx.json" tasks.json; exit ;;
  turbo) exec cat "$FIXTURES/turbo.json" ;;
  playwright) cp "$FIXTURES/playwright.json" "$PLAYWRIGHT_JSON_OUTPUT_NAME"; exit ;;
  jest) cp "$FIXTURES/jest.json" report.json; exit ;;
  *) echo "npx $1 stands for nothing here" >&2; exit 99 ;;
esac
[ "$1" = serve ] && exec "${process.execPath}" "${cli}" "$@"
"${process.execPath}" "${cli}" "$@"
status=$?
[ $status -le 1 ] || exit $status
`;

/** Makes the files in a directory, and programs to be found before others. @returns the variables that commands need */
export function furnish(dir: string, cli: string): NodeJS.ProcessEnv {
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  for (const [name, from] of Object.entries(COPIES)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    copyFileSync(resolve(from), join(dir, name));
  }
  const [bin, fixtures] = [join(dir, '.bin'), join(dir, '.fixtures')];
  for (const folder of [bin, fixtures]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(bin, 'npx'), npxOf(cli));
  writeFileSync(join(bin, 'reprise'), `#!/bin/bash\nexec npx reprise "$@"\n`);
  for (const name of ['npx', 'reprise']) chmodSync(join(bin, name), 0o755);
  for (const [name, from] of [
    ['nx', 'tasks.json'],
    ['turbo', 'turbo.json'],
    ['playwright', 'report.json'],
    ['jest', 'jest-report.json'],
  ])
    copyFileSync(join(dir, from ?? ''), join(fixtures, `${name}.json`));
  execFileSync('git', ['init', '-q', dir]);
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', dir, '-c', 'user.name=docs', '-c', 'user.email=docs@example.com', ...args]);
  git('commit', '-q', '--allow-empty', '-m', 'begin');
  return {
    ...process.env,
    ...{ PATH: `${bin}${delimiter}${process.env['PATH']}`, FIXTURES: fixtures },
    ...{ REPRISE_OUTPUT: join(dir, '.output'), NO_COLOR: '1' },
  };
}

/** An archive as a cleanup leaves it. */
export function archive(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, gzipSync(readFileSync(from)));
}

/** Takes whatever it is sent, as receivers of traces and notifications do. */
export async function sink(): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.end('{}'));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}
