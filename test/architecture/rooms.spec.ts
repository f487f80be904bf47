import { dirname } from 'node:path';
import { alg, Graph } from '@dagrejs/graphlib';
import { type Import, importsOf, place, sources } from './sources';

/** The rooms of the core from the ground up. An import goes down only. */
const FLOORS = [
  'errors',
  'limits',
  'model',
  'journal',
  'messages',
  'history',
  'retry',
  'dependency',
  'scheduler',
  'dag',
  'job',
  'trigger',
  'dlq',
  'notify',
  'projections',
  'capacity',
  'access',
  'ports',
  'recovery',
  'health',
  'cleanup',
  'audit',
  'configuration',
  'migration',
  'doctor',
  'engine',
];

const files = sources('bin', 'lib', 'lambdas');
const imports = files.flatMap((file) => importsOf(file));

function floorOf(path: string): number {
  const room = path.replace('lib/core/', '').split('/')[0] ?? '';
  return FLOORS.indexOf(room.replace('.ts', ''));
}

/** The wings of the adapters and the rooms of the core, where a folder that has folders is one by its files. */
const folders = new Set(files.map((file) => dirname(file)));
const roomOf = (file: string): string => {
  const own = dirname(file);
  return [...folders].some((folder) => folder.startsWith(`${own}/`)) ? file : own;
};

/** Every circle as the imports that close it. */
function circles(all: readonly Import[], unitOf: (file: string) => string): string[] {
  const graph = new Graph();
  const inside = all.filter(({ file, target }) => target && unitOf(file) !== unitOf(target));
  for (const { file, target } of inside) graph.setEdge(unitOf(file), unitOf(target as string));
  return alg.findCycles(graph).map((circle) => {
    const members = new Set(circle);
    return inside
      .filter(({ file, target }) => members.has(unitOf(file)) && members.has(unitOf(target as string)))
      .map(place)
      .join('\n');
  });
}

describe('the rooms of the core', () => {
  it('each have their floor', () => {
    const homeless = files.filter((file) => file.startsWith('lib/core/') && floorOf(file) < 0);
    expect(homeless).toEqual([]);
    expect(FLOORS.filter((_, floor) => !files.some((file) => floorOf(file) === floor))).toEqual([]);
  });

  it('import down only', () => {
    const faults = imports
      .filter(({ file, target }) => file.startsWith('lib/core/') && target?.startsWith('lib/core/'))
      .filter(({ file, target }) => floorOf(target as string) > floorOf(file));
    expect(faults.map(place)).toEqual([]);
  });
});

describe('a circle', () => {
  it('of files is nowhere', () => {
    expect(circles(imports, (file) => file)).toEqual([]);
  });

  it('of rooms is nowhere', () => {
    expect(circles(imports, roomOf)).toEqual([]);
  });

  it('is found where there is one, and named', () => {
    const planted = importsOf('lib/core/model/ids.ts', "import { jobDecider } from '../job/decider';\n");
    expect(circles([...imports, ...planted], (file) => file).join('\n')).toContain(
      'lib/core/model/ids.ts:1 imports lib/core/job/decider.ts',
    );
    expect(circles([...imports, ...planted], roomOf).join('\n')).toContain(
      'lib/core/model/ids.ts:1 imports lib/core/job/decider.ts',
    );
  });
});
