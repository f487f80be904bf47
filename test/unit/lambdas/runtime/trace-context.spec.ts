import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as context from '../../../../lambdas/runtime/trace-context';

const { createNamespace, destroyNamespace, getNamespace } = context;

/** What the SDK keeps there is looked up again each time: whatever runs later in the process asks in this way. */
const open = () => getNamespace('test')?.get('segment');

function sdkFiles(): string[] {
  const root = dirname(require.resolve('aws-xray-sdk-core'));
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.js'))
    .map((file) => join(root, file));
}

describe('the context of a trace', () => {
  beforeEach(() => {
    createNamespace('test').set('segment', 'outer');
  });
  afterEach(() => destroyNamespace('test'));

  it('is found by its name, until it is destroyed', () => {
    const other = createNamespace('other');
    expect(getNamespace('other')).toBe(other);
    expect([other.get('segment'), open()]).toEqual([undefined, 'outer']);
    destroyNamespace('other');
    expect(getNamespace('other')).toBeUndefined();
  });

  it('gives what was set, as the SDK warns of what is not set', () => {
    expect(getNamespace('test')?.set('segment', 'next')).toBe('next');
    expect(open()).toBe('next');
  });

  it('is of its own for what is run, which begins with what is outside, and is as before behind it', () => {
    const seen: unknown[] = [];
    const namespace = getNamespace('test');
    const inner = namespace?.run(() => {
      seen.push(open());
      namespace.set('segment', 'inner');
      namespace.run(() => {
        namespace.set('segment', 'innermost');
        seen.push(open());
      });
      seen.push(open());
    });
    expect(seen).toEqual(['outer', 'innermost', 'inner']);
    expect([inner?.['segment'], open()]).toEqual(['inner', 'outer']);
  });

  it('is as before where what is run throws', () => {
    const fail = () =>
      getNamespace('test')?.run(() => {
        getNamespace('test')?.set('segment', 'inner');
        throw new Error('no');
      });
    expect(fail).toThrow('no');
    expect(open()).toBe('outer');
  });

  it('is that of whoever called for what goes on behind an await in what is run', async () => {
    let later: Promise<unknown> | undefined;
    getNamespace('test')?.run(() => {
      getNamespace('test')?.set('segment', 'inner');
      later = Promise.resolve().then(open);
    });
    expect(await later).toBe('outer');
  });

  it('stays that which was entered, with what was set in it, for whatever comes later', async () => {
    const namespace = getNamespace('test');
    const entered = namespace?.createContext() ?? {};
    namespace?.enter(entered);
    expect(open()).toBe('outer');
    namespace?.set('segment', 'entered');
    await Promise.resolve();
    expect([open(), entered['segment']]).toEqual(['entered', 'entered']);
  });

  it('has whatever the SDK calls of it, but for the promises that a program has it capture, as no function does', () => {
    const called = sdkFiles().flatMap((file) => [
      ...readFileSync(file, 'utf8').matchAll(
        /\b(?:cls|ns|namespace|session|contextUtils\.getNamespace\(NAMESPACE\))\.(\w+)\(/g,
      ),
    ]);
    const names = new Set(called.map(([, name]) => name ?? ''));
    const namespace = Object.getOwnPropertyNames(Object.getPrototypeOf(createNamespace('test')));
    const had = new Set([...Object.keys(context), ...namespace.filter((name) => name !== 'constructor')]);
    expect(names).toEqual(new Set([...had, 'bind']));
  });
});
