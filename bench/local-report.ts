import type { LocalEnvironment } from '../test/integration/support/local-environment';
import { type LocalCpu, localCpu } from './local-cpu';
import { type FunctionTime, functionTimes } from './local-times';

/** What the local cloud did while work was done. */
export interface Spent {
  readonly times: readonly FunctionTime[];
  readonly cpu: LocalCpu | undefined;
}

export async function spentOn<T>(
  { deployment, stateDir }: LocalEnvironment,
  work: () => Promise<T>,
): Promise<Spent & { readonly result: T }> {
  const before = await functionTimes(deployment.endpoint);
  const cpuBefore = localCpu(stateDir);
  const result = await work();
  const cpu = cpuSince(cpuBefore, localCpu(stateDir));
  return { result, cpu, times: timesSince(before, await functionTimes(deployment.endpoint)) };
}

function timesSince(before: readonly FunctionTime[], after: readonly FunctionTime[]): FunctionTime[] {
  const known = new Map(before.map((time) => [time.name, time]));
  return after.map((time) => ({
    name: time.name,
    calls: time.calls - (known.get(time.name)?.calls ?? 0),
    handlerMs: time.handlerMs - (known.get(time.name)?.handlerMs ?? 0),
    billedMs: time.billedMs - (known.get(time.name)?.billedMs ?? 0),
  }));
}

function cpuSince(before: LocalCpu | undefined, after: LocalCpu | undefined): LocalCpu | undefined {
  if (!before || !after) return undefined;
  return {
    functions: after.functions - before.functions,
    emulator: after.emulator - before.emulator,
    nodes: after.nodes - before.nodes,
  };
}

/** How much of the time is ours: in the handlers and around them, and who used the processor. Cells of a table. */
export function shareRows({ times, cpu }: Spent): string[][] {
  const handlerMs = times.reduce((sum, time) => sum + time.handlerMs, 0);
  const billedMs = times.reduce((sum, time) => sum + time.billedMs, 0);
  const around = billedMs - handlerMs;
  return [
    ['in our handlers, waits for services included', `${seconds(handlerMs)}, ${share(handlerMs, billedMs)}`],
    ['in the emulator around them', `${seconds(around)}, ${share(around, billedMs)}`],
    ...cpuRows(cpu),
  ];
}

export function functionTable(times: readonly FunctionTime[]): string {
  const rows = times
    .filter(({ calls }) => calls > 0)
    .map(
      ({ name, calls, handlerMs, billedMs }) =>
        `| ${name} | ${calls} | ${seconds(handlerMs)} | ${seconds(billedMs)} |`,
    );
  const head = ['| function | calls | in the handler | with the emulator |', '| --- | ---: | ---: | ---: |'];
  return [...head, ...rows].join('\n');
}

export const seconds = (value: number): string => `${(value / 1_000).toFixed(1)} s`;
const share = (value: number, of: number): string => `${((value / of) * 100).toFixed(0)} %`;

function cpuRows(cpu: LocalCpu | undefined): string[][] {
  if (!cpu) return [];
  const total = cpu.functions + cpu.emulator + cpu.nodes;
  const cell = (value: number) => `${value.toFixed(1)} s, ${share(value, total)}`;
  return [
    ['processor: our functions', cell(cpu.functions)],
    ['processor: the emulator', cell(cpu.emulator)],
    ['processor: workers and commands', cell(cpu.nodes)],
  ];
}
