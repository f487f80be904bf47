const vm = require('node:vm');
const { TestEnvironment } = require('jest-environment-node');

const { compileFunction } = vm;
const ofProcess = new WeakSet();
vm.compileFunction = (source, parameters, { parsingContext, ...options } = {}) =>
  compileFunction(source, parameters, {
    ...options,
    ...(parsingContext && !ofProcess.has(parsingContext) && { parsingContext }),
  });

// Node.js loads its client of HTTP when it is first asked for: now, and not while a spec has put something else for a global.
void fetch('data:,');

/**
 * Specs run in the context of their process. Jest makes one for each, where every use of a global name is intercepted:
 * simulations take more than twice the processor time there. What a spec leaves on the process is taken away after it.
 */
module.exports = class ProcessContext extends TestEnvironment {
  #undo = keepProcess();

  constructor(config, context) {
    super(config, context);
    ofProcess.add(this.context);
    this.global = globalThis;
    const { constructor: FakeTimers } = this.fakeTimersModern;
    this.fakeTimersModern = new FakeTimers({ config: config.projectConfig, global: globalThis });
  }

  async teardown() {
    await super.teardown();
    this.#undo();
  }
};

/** @returns puts global names, the environment and listeners of the process as they are now */
function keepProcess() {
  const globals = Object.getOwnPropertyDescriptors(globalThis);
  const env = { ...process.env };
  const cwd = process.cwd();
  const listeners = new Map(process.eventNames().map((event) => [event, process.rawListeners(event)]));
  return () => {
    for (const name of Reflect.ownKeys(globalThis)) if (!(name in globals)) delete globalThis[name];
    Object.defineProperties(globalThis, globals);
    for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
    Object.assign(process.env, env);
    process.chdir(cwd);
    process.exitCode = undefined;
    for (const event of process.eventNames()) {
      for (const listener of process.rawListeners(event)) {
        if (!listeners.get(event)?.includes(listener)) process.removeListener(event, listener);
      }
    }
  };
}
