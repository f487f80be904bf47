import { isSound } from '../../../../lib/core/doctor/check';
import { checkDeployment, type DeploymentFacts } from '../../../../lib/core/doctor/deployment';
import { checkMachine, type MachineFacts } from '../../../../lib/core/doctor/machine';
import { programsOf } from '../../../../lib/core/doctor/programs';
import { graph, node } from '../../../support/job-driver';

const machine: MachineFacts = {
  ...{ node: 'v20.19.0', directory: '/j', skewMs: 3, freeBytes: 2 ** 40, freeInodes: 10 ** 6, slots: 2 },
  layout: { isOlder: false },
  ...{ staleLocks: [], journals: { verified: 5, bad: [] }, orphans: [], missing: [] },
  ...{ openFiles: 1_024, processes: 4_096, memoryBytes: 2 ** 34, port: { number: 4_400 } },
};

const deployment: DeploymentFacts = {
  ...{ environment: 'dev', ownVersion: '1', deployedVersion: '1' },
  stacks: [{ name: 'reprise-dev-data', status: 'UPDATE_COMPLETE' }],
  table: { name: 't', status: 'ACTIVE', isRecoverable: true, layout: 2, newestLayout: 2 },
  queues: [
    { name: 'jobs', isDlq: false, maxReceives: 5, waiting: 7 },
    { name: 'jobs-dlq', isDlq: true, waiting: 0 },
  ],
  machines: [{ name: 'runner', status: 'ACTIVE' }],
  rules: [{ name: 'tick', isEnabled: true }],
  gone: [],
};

const verdictOf = (checks: ReturnType<typeof checkMachine>, id: string) =>
  checks.find((check) => check.id === id)?.verdict;

describe('a machine', () => {
  it('that has everything passes every check', () => {
    expect(checkMachine(machine).filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
  });

  it.each<[string, 'warn' | 'fail', Partial<MachineFacts>]>([
    ['node.version', 'fail', { node: 'v20.18.3' }],
    ['node.version', 'fail', { node: 'v18.20.0' }],
    ['directory.writable', 'fail', { unwritable: 'EACCES' }],
    ['directory.writable', 'fail', { locksFail: true }],
    ['directory.layout', 'fail', { layout: { problem: 'newer', isOlder: false } }],
    ['directory.layout', 'warn', { layout: { isOlder: true } }],
    ['disk.space', 'fail', { freeBytes: 1_000 }],
    ['disk.space', 'warn', { freeBytes: 600_000_000 }],
    ['disk.inodes', 'fail', { freeInodes: 3 }],
    ['clock', 'warn', { skewMs: -9_000 }],
    ['limits.openFiles', 'warn', { openFiles: 256 }],
    ['limits.processes', 'warn', { processes: 8 }],
    ['limits.memory', 'warn', { memoryBytes: 1_000_000 }],
    ['directory.locks', 'warn', { staleLocks: ['owner-1-2.lock'] }],
    ['journals.chain', 'fail', { journals: { verified: 4, bad: ['j at event 3: changed'] } }],
    ['processes.orphans', 'warn', { orphans: ['process 9 of j/a'] }],
    ['programs', 'fail', { missing: ['mvn'] }],
    ['port', 'warn', { port: { number: 4_400, problem: 'EADDRINUSE' } }],
  ])('is told of %s: %s where %j, and how to mend it', (id, verdict, facts) => {
    const checks = checkMachine({ ...machine, ...facts });
    const bad = checks.filter((check) => check.verdict !== 'pass');
    expect(bad).toEqual([expect.objectContaining({ id, verdict, mend: expect.any(String) })]);
    expect(isSound(checks)).toBe(verdict === 'warn');
  });

  it('of which nobody knows its limits passes them, and a newer Node is new enough', () => {
    const { openFiles: _, processes: __, memoryBytes: ___, ...unknown } = machine;
    const checks = checkMachine({ ...unknown, node: 'v22.0.0' });
    expect(checks.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
  });
});

describe('a deployment', () => {
  it('that is whole passes every check', () => {
    expect(checkDeployment(deployment).filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
  });

  const { table: whole, ...without } = deployment;
  const ofTable = (facts: object) =>
    ({ table: { ...whole, ...facts } as DeploymentFacts['table'] }) as Partial<DeploymentFacts>;
  it.each<[string, 'warn' | 'fail', Partial<DeploymentFacts>]>([
    ['stacks', 'fail', { stacks: [{ name: 's' }] }],
    ['stacks', 'fail', { stacks: [{ name: 's', status: 'UPDATE_ROLLBACK_COMPLETE' }] }],
    ['versions', 'warn', { deployedVersion: '0.9' }],
    ['table', 'fail', ofTable({ status: 'UPDATING' })],
    ['table.recovery', 'fail', ofTable({ isRecoverable: false })],
    ['table.layout', 'fail', ofTable({ layout: 3 })],
    ['table.layout', 'warn', ofTable({ layout: 0 })],
    ['resources', 'fail', { gone: ['bus|tick'] }],
    ['queues', 'fail', { queues: [{ name: 'bare', isDlq: false, waiting: 0 }] }],
    ['queues', 'fail', { queues: [] }],
    ['queues.dlq', 'warn', { queues: [{ name: 'd', isDlq: true, waiting: 2 }] }],
    ['machines', 'fail', { machines: [{ name: 'm', status: 'DELETING' }] }],
    ['machines', 'fail', { machines: [] }],
    ['rules', 'fail', { rules: [{ name: 'tick', isEnabled: false }] }],
  ])('is told of %s: %s where %j', (id, verdict, facts) => {
    const checks = checkDeployment({ ...deployment, ...facts });
    expect(verdictOf(checks, id)).toBe(verdict);
    expect(checks.filter((check) => check.verdict !== 'pass')).toHaveLength(1);
  });

  it('without a table is told so', () => {
    expect(verdictOf(checkDeployment(without), 'table')).toBe('fail');
  });
});

describe('the programs of a graph', () => {
  it('are what its commands begin with, once each, without what a shell does itself', () => {
    const running = (id: string, run: string) => node(id, { work: { kind: 'command', run } });
    const nodes = [
      running('a', 'CI=1 npm test && mvn -q verify | tee log'),
      running('b', 'cd web; npm run build\nif true; then echo done; fi'),
      running('c', './gradlew test'),
      running('d', '$TOOL x'),
    ];
    expect(programsOf(graph(nodes))).toEqual(['mvn', 'npm', 'tee']);
  });
});
