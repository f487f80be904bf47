import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { registerCompile } from '../../../lib/cli/compile';

describe('reprise compile', () => {
  let dir: string;
  let printed: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'reprise-compile-'));
    printed = '';
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed += String(text);
      return true;
    });
    await writeFile(
      join(dir, 'n.graph.yaml'),
      'name: n\nnodes:\n  - {id: a, run: x}\n  - {id: b, run: x, needs: [a]}\n',
    );
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    await rm(dir, { recursive: true });
  });

  async function run(...args: string[]) {
    const program = new Command('reprise').exitOverride();
    registerCompile(program);
    await program.parseAsync(['node', 'reprise', 'compile', ...args]);
  }

  it('prints one JSON document of the contract with --json', async () => {
    await run(join(dir, 'n.graph.yaml'), '--json');
    expect(JSON.parse(printed)).toMatchObject({
      graph: { name: 'n', hash: expect.stringMatching(/^[0-9a-f]{64}$/), nodes: 2, edges: 1 },
      certificate: {
        criticalPathSeconds: 60,
        predictedMakespanSeconds: 60,
        maxWidth: 1,
        stateTransitions: 3,
        historyEvents: 20,
        definitionBytes: expect.any(Number),
        transitionsCostUsd: 0.000075,
        estimatedCostUsd: expect.any(Number),
        connectionsCostUsd: expect.any(Number),
        graphRunnerCostUsd: expect.any(Number),
        stateMachines: 1,
      },
      machines: [{ name: 'root', definition: { StartAt: 'a' } }],
      residual: {},
    });
  });

  it('compiles to one state for all of the job with --machines compact', async () => {
    await run(join(dir, 'n.graph.yaml'), '--json', '--machines', 'compact');
    const { certificate, machines, residual } = JSON.parse(printed);
    expect(certificate).toMatchObject({ stateTransitions: 1, residualEdges: 1, structuralShare: 0 });
    expect(Object.keys(machines[0].definition.States)).toEqual(['#outcome']);
    expect(residual).toEqual({ b: ['a'] });
  });

  it('prints a readable summary without', async () => {
    await run(join(dir, 'n.graph.yaml'), '--workers', '3');
    expect(printed).toContain('makespan with 3 workers');
    expect(printed).toMatch(/state machines +1\n/);
  });

  it('writes the machines and the compilation with --out', async () => {
    const out = join(dir, 'deep', 'out');
    await run(join(dir, 'n.graph.yaml'), '--out', out);
    expect((await readdir(out)).sort()).toEqual(['compilation.json', 'root.asl.json']);
    const definition = JSON.parse(await readFile(join(out, 'root.asl.json'), 'utf8'));
    expect(definition.States).toHaveProperty('b');
  });

  it.each([
    ['a file that is not there', ['nowhere.yaml'], 'there is no such file'],
    [
      'a number of workers that is none',
      ['n.graph.yaml', '--workers', 'many'],
      '--workers must be a whole number',
    ],
  ])('refuses %s', async (_, [file, ...rest], message) => {
    await expect(run(join(dir, String(file)), ...rest)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining(message),
    });
  });
});
