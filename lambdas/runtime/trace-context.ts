/**
 * Where the SDK of X-Ray keeps the segment that is open, in place of the package `cls-hooked`, whose hooks follow every promise
 * of the process: of what functions spend of the processor that is a fifth. A function handles one invocation at a time, so that one
 * place is enough. The bundles have it instead: lib/constructs/lambda-code.ts.
 */
type Context = Record<string, unknown>;

class Namespace {
  #active: Context = {};

  createContext(): Context {
    return Object.create(this.#active) as Context;
  }

  enter(context: Context): void {
    this.#active = context;
  }

  /** What is called at once has a context of its own, and what it awaits has again that of whoever called. */
  run(work: (context: Context) => void): Context {
    const outer = this.#active;
    const context = this.createContext();
    this.enter(context);
    try {
      work(context);
      return context;
    } finally {
      this.enter(outer);
    }
  }

  get(key: string): unknown {
    return this.#active[key];
  }

  set(key: string, value: unknown): unknown {
    this.#active[key] = value;
    return value;
  }
}

const namespaces = new Map<string, Namespace>();

export function createNamespace(name: string): Namespace {
  const namespace = new Namespace();
  namespaces.set(name, namespace);
  return namespace;
}

export const getNamespace = (name: string): Namespace | undefined => namespaces.get(name);

export function destroyNamespace(name: string): void {
  namespaces.delete(name);
}
