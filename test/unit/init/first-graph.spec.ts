import { parseGraph } from '../../../lib/core/dag/parse';
import { renderGraph } from '../../../lib/importers/render';
import { ciFiles, firstGraph } from '../../../lib/init/first-graph';
import type { Folder } from '../../../lib/init/folder';

function folderOf(files: Readonly<Record<string, string>>, name = 'shop'): Folder {
  return { name, files: Object.keys(files).sort(), read: (path) => files[path] };
}

const json = (value: object) => JSON.stringify(value);
const many = (count: number, path: (i: number) => string) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [path(i), '']));

/** The graph of a folder, as far as its nodes go; that it compiles is seen to on the way. */
function made(files: Readonly<Record<string, string>>) {
  const first = firstGraph(folderOf(files));
  if (!first) throw new Error('nothing was found');
  const text = renderGraph(first, 'Written for a test.');
  const graph = parseGraph(text);
  const nodes = Object.fromEntries(
    first.graph.nodes.map(({ id, run, needs = [], ...rest }) => [id, { run, needs, ...rest }]),
  );
  const aside = first.aside.map(({ file, why }) => `${file}: ${why}`);
  const words = text.replace(/\n\s*#\s*/g, ' ');
  return {
    nodes,
    aside,
    graph,
    text: words,
    found: first.found.map(({ what }) => what),
    name: first.graph.name,
  };
}

describe('scripts of package.json', () => {
  it('become nodes: what builds first, what checks beside it, then tests', () => {
    const { nodes, name, found, text } = made({
      'package.json': json({
        name: '@acme/shop',
        scripts: {
          build: 'tsc -p .',
          lint: 'eslint .',
          typecheck: 'tsc --noEmit',
          test: 'node --test',
          dev: 'vite',
        },
      }),
      'package-lock.json': '{}',
    });
    expect(name).toBe('shop');
    expect(found).toEqual(['scripts']);
    expect(nodes).toEqual({
      build: { run: 'npm run build', needs: [] },
      lint: { run: 'npm run lint', needs: [] },
      typecheck: { run: 'npm run typecheck', needs: [] },
      test: { run: 'npm run test', needs: ['build'] },
    });
    expect(text).toContain(
      'its scripts build, lint, typecheck, test build, check and test; `npm ci` has to have run before',
    );
  });

  it('that only run others, run again, change files or do not end are left aside, and it is said why', () => {
    const { nodes, aside } = made({
      'package.json': json({
        scripts: {
          ...{
            test: 'npm run lint && npm run test:unit',
            'test:all': 'run-s lint "test:*"',
            lint: 'eslint .',
          },
          ...{ 'lint:fix': 'eslint . --fix', 'test:unit': 'mocha', 'test:watch': 'mocha -w' },
          ...{ 'test:coverage': 'c8 mocha', unit: 'echo "Error: no test specified" && exit 1' },
        },
      }),
    });
    expect(Object.keys(nodes)).toEqual(['lint', 'test-unit']);
    expect(aside).toEqual([
      'package.json: the script "test" only runs lint, test:unit, which are nodes of their own',
      expect.stringContaining('the script "test:all" only runs lint, '),
      expect.stringContaining('the script "lint:fix" is for people at work'),
      expect.stringContaining('the script "test:watch" is for people at work'),
      'package.json: the script "test:coverage" runs again what "test" runs',
      'package.json: the script "unit" is what npm writes where there are no tests',
    ]);
  });

  it.each([
    ['pnpm-lock.yaml', 'pnpm run lint', 'pnpm exec jest'],
    ['yarn.lock', 'yarn run lint', 'yarn exec jest'],
    ['bun.lock', 'bun run lint', 'bunx jest'],
    ['package-lock.json', 'npm run lint', 'npx jest'],
  ])('are run by what %s belongs to', (lock, lint, jest) => {
    const scripts = { lint: 'eslint .', test: 'jest' };
    const { nodes } = made({ 'package.json': json({ scripts }), [lock]: '' });
    expect(nodes['lint']?.run).toBe(lint);
    expect(nodes['test']?.run).toBe(`${jest} --ci --json --outputFile="$REPRISE_NODE.report.json"`);
  });

  it.each([
    ['jest', 'npx jest --ci --json --outputFile="$REPRISE_NODE.report.json"'],
    ['jest --coverage --watch', 'npx jest --coverage --ci --json --outputFile="$REPRISE_NODE.report.json"'],
    [
      'NODE_OPTIONS=--experimental-vm-modules jest src',
      'NODE_OPTIONS=--experimental-vm-modules npx jest src --ci --json --outputFile="$REPRISE_NODE.report.json"',
    ],
    [
      'vitest',
      'npx vitest run --reporter=default --reporter=json --outputFile.json="$REPRISE_NODE.report.json"',
    ],
    [
      'vitest run --project unit',
      'npx vitest run --project unit --reporter=default --reporter=json --outputFile.json="$REPRISE_NODE.report.json"',
    ],
  ])('that start a runner (%s) leave a report, and end', (test, run) => {
    const { nodes } = made({ 'package.json': json({ scripts: { test } }) });
    expect(nodes['test']).toEqual({ run, needs: [], reports: ['{{ node }}.report.json'] });
  });

  it.each(['jest && node after.js', 'jest | tee log', 'cross-env CI=1 jest $EXTRA', 'node run-tests.js'])(
    'that are more than a runner and its words (%s) are run as they are',
    (test) => {
      expect(made({ 'package.json': json({ scripts: { test } }) }).nodes['test']?.run).toBe('npm run test');
    },
  );
});

describe('workspaces', () => {
  const root = {
    name: 'mono',
    workspaces: ['packages/*', '!packages/old'],
    scripts: { test: 'npm test --workspaces' },
  };
  const files = {
    'package.json': json(root),
    'packages/core/package.json': json({ name: '@m/core', scripts: { build: 'tsc', test: 'jest' } }),
    'packages/web/package.json': json({
      ...{ name: '@m/web', dependencies: { '@m/core': '*' } },
      scripts: { build: 'vite build', test: 'vitest', lint: 'eslint .' },
    }),
    'packages/old/package.json': json({ name: '@m/old', scripts: { test: 'jest' } }),
  };

  it('have nodes of their own, after the builds that they depend on', () => {
    const { nodes, aside } = made(files);
    expect(nodes).toEqual({
      'core-build': { run: 'npm run build --workspace=packages/core', needs: [] },
      'core-test': { run: 'npm run test --workspace=packages/core', needs: ['core-build'] },
      'web-build': { run: 'npm run build --workspace=packages/web', needs: ['core-build'] },
      'web-test': { run: 'npm run test --workspace=packages/web', needs: ['web-build'] },
      'web-lint': { run: 'npm run lint --workspace=packages/web', needs: [] },
    });
    expect(aside).toEqual([expect.stringContaining('the script "test" runs it in the workspaces')]);
  });

  it('of pnpm are found too; what Turborepo or Nx knows better is said', () => {
    const { 'package.json': _, ...rest } = files;
    const { nodes, aside } = made({
      ...rest,
      'package.json': json({ name: 'mono' }),
      'pnpm-workspace.yaml': 'packages:\n  - "packages/**"\n',
      'turbo.json': '{}',
    });
    expect(nodes['core-test']?.run).toBe('pnpm --filter ./packages/core run test');
    expect(Object.keys(nodes)).toContain('old-test');
    expect(aside).toEqual([expect.stringContaining('turbo.json: Turborepo knows its tasks better')]);
  });
});

describe('Playwright', () => {
  const config = `
import { defineConfig } from '@playwright/test';
// projects: [{ name: 'commented' }]
export default defineConfig({
  testDir: './e2e',
  projects: [
    { name: 'setup', testMatch: /setup/ },
    { name: 'chromium', use: { ...devices['Desktop Chrome'], launch: [{ name: 'inner' }] }, dependencies: ['setup'] },
    /* { name: 'gone' }, */
    { name: "mobile safari", dependencies: ['setup'] },
  ],
});`;
  const scripts = json({ scripts: { build: 'vite build', 'test:e2e': 'playwright test' } });

  it('has a node for each project, in shards where there are many files', () => {
    const { nodes, found, graph } = made({
      ...{ 'package.json': scripts, 'playwright.config.ts': config },
      ...many(25, (i) => `e2e/page-${i}.spec.ts`),
      'src/unit.test.ts': '',
    });
    expect(found).toEqual(['scripts', 'Playwright']);
    const run = (project: string) =>
      `PLAYWRIGHT_JSON_OUTPUT_NAME="$REPRISE_NODE.report.json" npx playwright test ${project} --shard={{ index1 }}/{{ total }} --reporter=line,json --output="test-results/$REPRISE_NODE"`;
    expect(nodes).toMatchObject({
      'test-e2e-chromium': { run: run('--project=chromium'), needs: ['build'], shards: 3 },
      'test-e2e-mobile-safari': { run: run("'--project=mobile safari'"), needs: ['build'], shards: 3 },
    });
    expect(Object.keys(nodes)).toEqual(['build', 'test-e2e-chromium', 'test-e2e-mobile-safari']);
    expect(graph.nodes.map(({ id }) => id)).toContain('test-e2e-chromium-2');
  });

  it('that starts a server runs one node at a time, without shards', () => {
    const { nodes, text } = made({
      'package.json': scripts,
      'playwright.config.ts': config.replace(
        "testDir: './e2e',",
        "testDir: './e2e', webServer: { command: 'npm start' },",
      ),
      ...many(25, (i) => `e2e/page-${i}.spec.ts`),
    });
    expect(nodes['test-e2e-chromium']).toMatchObject({ concurrency: { key: 'playwright-server', limit: 1 } });
    expect(nodes['test-e2e-chromium']).not.toHaveProperty('shards');
    expect(text).toContain('one at a time, as it starts a server at one port');
  });

  it('without projects is one node, in the folder of its configuration', () => {
    const { nodes } = made({ 'package.json': json({}), 'web/playwright.config.js': 'module.exports = {};' });
    expect(nodes['playwright']?.run).toContain(
      'npx playwright test --config=web/playwright.config.js --reporter',
    );
  });
});

describe('runners that no script starts', () => {
  it('run where they are installed', () => {
    const devDependencies = { jest: '30', vitest: '4' };
    const { nodes } = made({
      ...{ 'package.json': json({ devDependencies }), 'jest.config.js': '', 'vitest.config.ts': '' },
    });
    expect(Object.keys(nodes)).toEqual(['jest', 'vitest']);
  });

  it('run where package.json configures Jest itself', () => {
    const { nodes, text } = made({ 'package.json': json({ devDependencies: { jest: '30' }, jest: {} }) });
    expect(Object.keys(nodes)).toEqual(['jest']);
    expect(text).toContain('Jest (package.json)');
  });
});

describe('other tools', () => {
  it.each<[string, Record<string, string>, Record<string, object>]>([
    [
      'pytest, by its configuration',
      { 'pyproject.toml': '[tool.pytest.ini_options]\n', 'uv.lock': '' },
      { pytest: { run: 'uv run pytest --junitxml="$REPRISE_NODE.report.xml" -o junit_family=xunit1' } },
    ],
    ['pytest, by its tests', { 'tests/test_cart.py': '' }, { pytest: {} }],
    [
      'pytest, in a folder',
      { 'api/pytest.ini': '' },
      { 'pytest-api': { run: expect.stringContaining('pytest api --junitxml') } },
    ],
    [
      'Maven, with its wrapper and tests',
      { 'pom.xml': '<project/>', mvnw: '', 'src/test/java/A.java': '' },
      { maven: { run: './mvnw -B -ntp verify', reports: ['target/surefire-reports/TEST-*.xml'] } },
    ],
    [
      'Maven, with modules',
      { 'pom.xml': '<modules><module>a</module></modules>', 'a/pom.xml': '', 'a/src/test/java/A.java': '' },
      { maven: { run: 'mvn -B -ntp verify', reports: ['**/target/surefire-reports/TEST-*.xml'] } },
    ],
    [
      'Gradle',
      { 'build.gradle.kts': '', gradlew: '' },
      { gradle: { run: './gradlew --console=plain check' } },
    ],
    [
      'Go',
      { 'go.mod': 'module x', 'cart_test.go': '', 'tool/go.mod': 'module y', 'tool/a.go': '' },
      { 'go-vet': { run: 'go vet ./...' }, 'go-test': { run: 'go test ./...' } },
    ],
    [
      'Go, in a folder',
      { 'svc/go.mod': '', 'svc/a_test.go': '' },
      { 'go-test-svc': { run: 'go -C svc test ./...' } },
    ],
    ['Cargo', { 'Cargo.toml': '' }, { cargo: { run: 'cargo test --workspace' } }],
  ])('%s', (_, files, nodes) => {
    expect(made(files).nodes).toMatchObject(nodes);
  });

  it('asks for no report where nothing tests', () => {
    expect(made({ 'pom.xml': '<project/>' }).nodes['maven']).not.toHaveProperty('reports');
  });
});

describe('a folder with all kinds of things', () => {
  it('becomes one graph, in which no id is there twice', () => {
    const { nodes, found, aside } = made({
      'package.json': json({ scripts: { build: 'tsc', pytest: 'x', test: 'vitest' } }),
      ...{ 'playwright.config.ts': '', 'pytest.ini': '', 'go.mod': '', 'a_test.go': '', Jenkinsfile: '' },
      '.github/workflows/ci.yml': 'on: push',
    });
    expect(found).toEqual(['scripts', 'Playwright', 'pytest', 'Go']);
    expect(Object.keys(nodes)).toEqual(['build', 'test', 'playwright', 'pytest', 'go-vet', 'go-test']);
    expect(aside).toEqual([
      expect.stringContaining('.github/workflows/ci.yml: `reprise init --from .github/workflows/ci.yml`'),
      expect.stringContaining('Jenkinsfile: a pipeline of Jenkins is a program'),
    ]);
  });

  it('or with nothing, is none', () => {
    expect(firstGraph(folderOf({ 'README.md': '# hello' }))).toBeUndefined();
    expect(
      firstGraph(folderOf({ 'package.json': json({ scripts: 3, workspaces: 4, name: [] }) })),
    ).toBeUndefined();
  });

  it.each([
    ['{"name": "x",', /^package\.json:1:\d+ /],
    ['no object', /^package\.json:1:1 \$: is no object of JSON$/],
  ])('with a package.json that is none, is told where: %j', (text, message) => {
    const made = () => firstGraph(folderOf({ 'package.json': text, 'tests/test_a.py': '' }));
    expect(made).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID', message: expect.stringMatching(message) }),
    );
  });

  it('names the files of its CI system, those first that say more of tests', () => {
    const files = [
      '.github/workflows/release.yml',
      '.github/workflows/ci.yml',
      '.gitlab-ci.yml',
      'x/.gitlab-ci.yml',
    ];
    expect(ciFiles(folderOf(Object.fromEntries(files.map((file) => [file, '']))))).toEqual([
      ...['.github/workflows/ci.yml', '.github/workflows/release.yml', '.gitlab-ci.yml'],
    ]);
  });
});
