import { importNx } from '../../../lib/importers/nx/import';
import { importTurbo } from '../../../lib/importers/turbo/import';
import { commandOf, compiled, fixture, foreign, needsOf, noteLines, refusal } from './support';

const nx = (value: unknown) => importNx(foreign(value), 'x');
const turbo = (value: unknown) => importTurbo(foreign(value), { name: 'x' });

/** A workspace of layers in which each project's build needs two builds of the layer below. */
function layers(depth: number, width: number) {
  const tasks: Record<string, unknown> = {};
  const dependencies: Record<string, string[]> = {};
  for (let d = 0; d < depth; d++) {
    for (let w = 0; w < width; w++) {
      const project = `@acme/l${d}-${w}`;
      for (const target of ['build', 'test']) {
        const id = `${project}:${target}`;
        tasks[id] = { id, target: { project, target }, overrides: {}, outputs: [], parallelism: true };
        const below = d === 0 ? [] : [w, (w + 1) % width].map((at) => `@acme/l${d - 1}-${at}:build`);
        dependencies[id] = target === 'test' ? [`${project}:build`] : below;
      }
    }
  }
  return { graph: { nodes: {}, dependencies: {} }, tasks: { tasks, dependencies, roots: [] } };
}

describe('a task graph of Nx', () => {
  it('becomes a node per task that Nx runs without its dependencies', () => {
    const graph = compiled(importNx(fixture('nx/run-many.json'), 'workspace'));
    expect(graph.nodes).toHaveLength(12);
    expect(commandOf(graph, 'shop-build-production')).toBe(
      'npx nx run shop:build:production --excludeTaskDependencies',
    );
    expect(needsOf(graph)).toMatchObject({
      'utils-build': [],
      'acme-ui-build': ['utils-build'],
      'shop-build-production': ['acme-ui-build', 'cart-build'],
    });
  });

  it('leaves servers out, and lets Nx start them for the tasks that use them', () => {
    const imported = importNx(fixture('nx/run-many.json'), 'workspace');
    const graph = compiled(imported);
    expect(commandOf(graph, 'shop-e2e-e2e')).toBe('npx nx run shop-e2e:e2e');
    expect(needsOf(graph)['shop-e2e-e2e']).toEqual(['shop-build-production']);
    expect(noteLines(imported)).toEqual([
      expect.stringMatching(/^left-out tasks\.tasks\["shop:serve"\]: .*continuous/),
      expect.stringMatching(/^changed tasks\.continuousDependencies\["shop-e2e:e2e"\]: uses shop:serve/),
    ]);
  });

  it('is read in the form of older versions, where a dependency is a text', () => {
    const graph = compiled(importNx(fixture('nx/run-many-v20.json'), 'workspace'));
    expect(needsOf(graph)).toMatchObject({
      'cart-test': ['cart-build'],
      'shop-e2e-e2e': ['shop-build-production', 'shop-serve'],
    });
  });

  it('is read by itself too, and keeps the arguments of its command line', () => {
    const graph = compiled(importNx(fixture('nx/tasks-with-arguments.json'), 'workspace'));
    expect(commandOf(graph, 'cart-test')).toBe(
      'npx nx run cart:test --excludeTaskDependencies --ci --reporters=default',
    );
    expect(commandOf(graph, 'cart-build')).toBe('npx nx run cart:build --excludeTaskDependencies');
  });

  it('of many tasks keeps every edge', () => {
    const workspace = layers(8, 10);
    const graph = compiled(nx(workspace));
    const edges = Object.values(workspace.tasks.dependencies).flat().length;
    expect(graph.nodes).toHaveLength(160);
    expect(graph.nodes.flatMap(({ needs }) => needs)).toHaveLength(edges);
  });

  it('notes tasks that bear no company, and arguments that it cannot write', () => {
    const task = {
      id: 'a:b',
      target: { project: 'a', target: 'b' },
      overrides: { ci: true },
      parallelism: false,
    };
    const lines = noteLines(nx({ tasks: { tasks: { 'a:b': task }, dependencies: {} } })).join('\n');
    expect(lines).toMatch(/changed tasks\.tasks\["a:b"\]\.parallelism/);
    expect(lines).toMatch(/left-out tasks\.tasks\["a:b"\]\.overrides: the arguments ci/);
  });

  it.each([
    ['', /expected a mapping/],
    [[], /expected a mapping/],
    [{}, /tasks: is missing/],
    [{ tasks: { tasks: {} } }, /tasks\.tasks: lists no task/],
    [{ tasks: { tasks: { a: {} } } }, /tasks\.tasks\.a\.id: is missing/],
    [
      { tasks: { tasks: { a: task('a') }, dependencies: { a: [3] } } },
      /dependencies\.a\[0\]: .*id of a task/,
    ],
    [
      { tasks: { tasks: { a: task('a') }, dependencies: { a: ['b'] } } },
      /dependencies\.a\[0\]: "b" does not/,
    ],
    [{ tasks: { tasks: { a: task('a') }, dependencies: { a: ['a'] } } }, /cycle.*a -> a/],
    [{ tasks: { tasks: { a: { ...task('a'), continuous: true } } } }, /every task is continuous/],
  ])('is refused with its place when it is malformed: %j', (value, message) => {
    expect(refusal(() => nx(value))).toMatch(message);
  });

  it('is told apart from a graph of projects', () => {
    const error = refusal(() => importNx(fixture('nx/projects-only.json'), 'x'));
    expect(error).toContain('nx run-many -t TARGETS --graph=FILE.json');
  });
});

describe('a dry run of Turborepo', () => {
  it('becomes a node per command that Turborepo runs alone', () => {
    const graph = compiled(importTurbo(fixture('turbo/monorepo.json'), { name: 'shop' }));
    expect(graph.nodes).toHaveLength(10);
    expect(commandOf(graph, 'shop-ui-build')).toBe("npx turbo run '@shop/ui#build' --only");
    expect(needsOf(graph)).toMatchObject({
      'shop-ui-build': [],
      'web-build': ['shop-ui-build'],
      'web-e2e': ['docs-build', 'web-build'],
      'web-lint': ['shop-ui-lint'],
    });
  });

  it('connects through tasks that have no command, and lists those', () => {
    const imported = turbo({
      tasks: [
        turboTask('a#build'),
        { ...turboTask('b#build', ['a#build']), command: '<NONEXISTENT>' },
        { ...turboTask('c#build', ['b#build']), command: '<NONEXISTENT>' },
        turboTask('d#build', ['c#build', 'a#build']),
      ],
    });
    expect(needsOf(compiled(imported))).toEqual({ 'a-build': [], 'd-build': ['a-build'] });
    expect(noteLines(imported)).toEqual([expect.stringContaining('b#build, c#build')]);
  });

  it('of a single package leaves out what never ends and keeps the arguments', () => {
    const imported = importTurbo(fixture('turbo/single-package.json'), { name: 'solo' });
    const graph = compiled(imported);
    expect(needsOf(graph)).toEqual({ build: [], test: ['build'] });
    expect(commandOf(graph, 'test')).toBe("npx turbo run test --only -- --ci 'two words'");
    expect(noteLines(imported).join('\n')).toMatch(/left-out .*persistent: dev is persistent/);
  });

  it('can run the scripts themselves, in their packages', () => {
    const graph = compiled(importTurbo(fixture('turbo/monorepo.json'), { name: 'shop', runner: 'script' }));
    expect(commandOf(graph, 'shop-ui-build').split('\n').slice(1)).toEqual([
      "cd 'packages/ui' || exit",
      'export PATH="$PWD/node_modules/.bin:$PATH"',
      'tsup src/index.ts',
    ]);
  });

  it('of many packages without commands stays quick', () => {
    const chain = Array.from({ length: 3_000 }, (_, i) => ({
      ...turboTask(`p${i}#build`, i === 0 ? [] : [`p${i - 1}#build`]),
      ...(i % 1_000 === 0 ? {} : { command: '<NONEXISTENT>' }),
    }));
    expect(needsOf(compiled(turbo({ tasks: chain })))).toEqual({
      'p0-build': [],
      'p1000-build': ['p0-build'],
      'p2000-build': ['p1000-build'],
    });
  });

  it.each([
    [{}, /tasks: is missing/],
    [{ tasks: [] }, /lists no task/],
    [{ tasks: [{}] }, /tasks\[0\]\.taskId|2 problems/],
    [{ tasks: [turboTask('a', ['b'])] }, /tasks\[0\]\.dependencies\[0\]: "b" does not exist/],
    [{ tasks: [turboTask('a'), turboTask('a')] }, /tasks\[1\]\.taskId: "a" is taken by tasks\[0\]/],
    [{ tasks: [turboTask('a', ['b']), turboTask('b', ['a'])] }, /cycle.*(a -> b -> a|b -> a -> b)/],
    [{ tasks: [{ ...turboTask('a'), command: '<NONEXISTENT>' }] }, /no task has a command that ends/],
  ])('is refused with its place when it is malformed: %j', (value, message) => {
    expect(refusal(() => turbo(value))).toMatch(message);
  });
});

function task(id: string) {
  return { id, target: { project: id, target: 'build' } };
}

function turboTask(taskId: string, dependencies: string[] = []) {
  return { taskId, task: 'build', package: taskId, command: 'make', directory: '.', dependencies };
}
