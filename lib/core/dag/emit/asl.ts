import type { Structure } from '../plan/structure';

/** Amazon States Language (https://states-language.net/spec.html), the part that we write; JSONPath throughout. */
export interface StateMachineDefinition extends Branch {
  readonly Comment?: string;
}

export interface Branch {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export type Transition = { readonly Next: string } | { readonly End: true };

export type State = TaskState | ParallelState | PassState;

export type TaskState = Transition & {
  readonly Type: 'Task';
  readonly Resource: string;
  readonly Parameters: Readonly<Record<string, unknown>>;
  readonly ResultPath?: null;
  readonly OutputPath?: null;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
};

export type ParallelState = Transition & {
  readonly Type: 'Parallel';
  readonly Branches: readonly Branch[];
  readonly Parameters: Readonly<Record<string, unknown>>;
  readonly ResultPath: null;
};

export type PassState = Transition & { readonly Type: 'Pass'; readonly OutputPath?: null };

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly MaxAttempts: number;
  readonly MaxDelaySeconds: number;
  readonly JitterStrategy: 'FULL';
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly ResultPath: null;
  readonly Next: string;
}

/** A structure that becomes one state. */
export type Step = Exclude<Structure, { kind: 'series' }>;

/** States by name. Without a prototype: `__proto__` is a name like any other. */
export function stateTable(): Record<string, State> {
  return Object.create(null) as Record<string, State>;
}
