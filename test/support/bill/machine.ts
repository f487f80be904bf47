import { randomBytes } from 'node:crypto';
import type { Branch, State, TaskState } from '../../../lib/core/dag/emit/asl';
import type { Meter } from './meter';

/** What the machine waits for, by task token. */
interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

type Scope = Record<string, unknown>;

/** History events of a state that are logged at level ALL, and the bytes of one without its data. */
const EVENTS = { Task: 6, Parallel: 4, Pass: 2 } as const;
const EVENT_BYTES = 420;
/** Characters of a real task token; the stand-in's are short. */
const TOKEN_CHARACTERS = 800;

export interface MachineOptions {
  readonly meter: Meter;
  /** Takes the message of a Task that waits for its token. */
  readonly send: (groupId: string, body: string) => void;
  /** Definitions by the machine's name, for those that are started by others. */
  readonly definitionOf: (arn: string) => Branch;
  readonly logs: () => 'ALL' | 'ERROR';
}

/** Walks a definition as Step Functions does, the part that the compiler writes, and counts what that is billed as. */
export class MeteredMachines {
  readonly #waiting = new Map<string, Waiting>();
  /** Ends of executions that nobody waits for. */
  readonly running: Promise<unknown>[] = [];

  constructor(readonly options: MachineOptions) {}

  start(arn: string, input: Scope): void {
    this.running.push(this.#branch(this.options.definitionOf(arn), input).catch(() => undefined));
  }

  answer(token: string, error?: string): void {
    const waiting = this.#waiting.get(token);
    this.#waiting.delete(token);
    if (error === undefined) waiting?.resolve();
    else waiting?.reject(Object.assign(new Error(error), { name: error }));
  }

  get isWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  async #branch({ StartAt, States }: Branch, scope: Scope): Promise<void> {
    for (let name: string | undefined = StartAt; name !== undefined; ) {
      const state = States[name] as State;
      this.#enter(state);
      try {
        await this.#run(state, scope);
        name = 'Next' in state ? state.Next : undefined;
      } catch (error) {
        const catcher =
          'Catch' in state
            ? state.Catch?.find(({ ErrorEquals }) => ErrorEquals.includes((error as Error).name))
            : undefined;
        if (!catcher) throw error;
        name = catcher.Next;
      }
    }
  }

  #enter({ Type }: State): void {
    const { meter, logs } = this.options;
    meter.add('transitions');
    if (logs() === 'ALL') meter.add('logBytes', EVENTS[Type] * EVENT_BYTES);
  }

  async #run(state: State, scope: Scope): Promise<void> {
    switch (state.Type) {
      case 'Task':
        return this.#task(state, scope);
      case 'Parallel':
        await Promise.all(state.Branches.map((branch) => this.#branch(branch, scope)));
        return;
      case 'Pass':
    }
  }

  async #task({ Resource, Parameters }: TaskState, scope: Scope): Promise<void> {
    if (!Resource.endsWith('.waitForTaskToken')) {
      const { StateMachineArn, Input } = fill(Parameters, scope) as { StateMachineArn: string; Input: Scope };
      return this.#branch(this.options.definitionOf(StateMachineArn), Input);
    }
    const token = randomBytes((TOKEN_CHARACTERS * 3) / 4).toString('base64');
    const { MessageBody, MessageGroupId } = fill(Parameters, { ...scope, $token: token }) as {
      MessageBody: object;
      MessageGroupId: string;
    };
    const answered = new Promise<void>((resolve, reject) => this.#waiting.set(token, { resolve, reject }));
    this.options.send(MessageGroupId, JSON.stringify(MessageBody));
    return answered;
  }
}

/** Puts values for the paths of `Parameters`: `$.a.b`, and of the context the token. */
function fill(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((each) => fill(each, scope));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) =>
      name.endsWith('.$') ? [name.slice(0, -2), pathOf(String(each), scope)] : [name, fill(each, scope)],
    ),
  );
}

function pathOf(path: string, scope: Scope): unknown {
  if (path === '$$.Task.Token') return scope['$token'];
  if (path.startsWith('$$.')) return path;
  return path
    .slice(2)
    .split('.')
    .reduce((held: unknown, name) => (held as Scope)[name], scope);
}
