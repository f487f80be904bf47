import { readFileSync } from 'node:fs';
import { createMemoryJournalStore } from '../../../../lib/adapters/memory/journal-store';
import { parseConfigFile, parseConfigValue } from '../../../../lib/core/configuration/document';
import { CONFIG_STREAM } from '../../../../lib/core/configuration/events';
import { CONFIG_KEY_NAMES, CONFIG_KEYS, variableOf } from '../../../../lib/core/configuration/keys';
import { resolve } from '../../../../lib/core/configuration/layers';
import { createLiveConfig } from '../../../../lib/core/configuration/live';
import { createConfigStore } from '../../../../lib/core/configuration/store';
import type { RepriseError } from '../../../../lib/core/errors';
import { verifyChain } from '../../../../lib/core/journal/verify';

const cause = { actor: { kind: 'user', id: 'ana' }, requestId: 'r', traceId: 't' } as const;

function thrown(act: () => unknown): RepriseError {
  try {
    act();
  } catch (error) {
    return error as RepriseError;
  }
  throw new Error('nothing was thrown');
}

describe('the keys of the configuration', () => {
  it.each(CONFIG_KEY_NAMES)('%s takes its own default', (key) => {
    expect(CONFIG_KEYS[key].schema.safeParse(CONFIG_KEYS[key].default).success).toBe(true);
  });

  it('have variables that nobody mistakes for one another', () => {
    expect(new Set(CONFIG_KEY_NAMES.map(variableOf)).size).toBe(CONFIG_KEY_NAMES.length);
    expect(variableOf('cleanup.jobDays')).toBe('REPRISE_CLEANUP_JOB_DAYS');
  });

  it('hold no secret: what is changed is journalled as it is', () => {
    expect(CONFIG_KEY_NAMES.filter((key) => /secret|token|password|credential/i.test(key))).toEqual([]);
  });

  it('are in docs/configuration.md as they are in the code', () => {
    const rows = CONFIG_KEY_NAMES.map((key) => {
      const { what, of, flag, stack } = CONFIG_KEYS[key];
      const value = `\`${JSON.stringify(CONFIG_KEYS[key].default)}\``;
      const sources = [flag, stack && `${stack} (stack)`, variableOf(key)].filter(Boolean);
      return `| \`${key}\` | ${what} | ${value} | ${of} | ${sources.map((each) => `\`${each}\``).join(', ')} |`;
    });
    expect(readFileSync('docs/configuration.md', 'utf8')).toContain(rows.join('\n'));
  });
});

describe('the layers', () => {
  it('lie over one another, and say where a value comes from', () => {
    const { values, origins } = resolve({
      stack: { 'retries.explore': 0.01, 'cleanup.jobDays': 2 },
      file: { 'retries.explore': 0.02 },
      set: { 'retries.explore': 0.03, 'cleanup.keepJobs': 7 },
      environment: { 'retries.explore': 0.04 },
    });
    expect(values).toMatchObject({ 'retries.explore': 0.04, 'cleanup.jobDays': 2, 'cleanup.keepJobs': 7 });
    expect(origins).toMatchObject({
      'retries.explore': 'environment',
      'cleanup.jobDays': 'stack',
      'cleanup.keepJobs': 'set',
      'retries.limits': 'default',
    });
    expect(
      resolve({ environment: { 'retries.explore': 0.04 }, flag: { 'retries.explore': 0 } }).values,
    ).toMatchObject({
      'retries.explore': 0,
    });
  });
});

describe('a file', () => {
  it('names keys in each other or joined by dots', () => {
    expect(
      parseConfigFile('retries:\n  explore: 0.1\nfeatures: { learned-retries: { enabled: false } }', 'c'),
    ).toEqual({
      'retries.explore': 0.1,
      'features.learned-retries': { enabled: false },
    });
    expect(parseConfigFile('retries.explore: 0.1', 'c')).toEqual({ 'retries.explore': 0.1 });
    expect(parseConfigFile('', 'c')).toEqual({});
    expect(parseConfigFile('# nothing yet\n', 'c')).toEqual({});
  });

  it.each([
    ['retries:\n  explore: 2', 'c.yaml:2:12 retries.explore: '],
    ['retries:\n  exlore: 0.1', 'unknown key "retries.exlore", did you mean "retries.explore"?'],
    ['recovery:\n  escalation:\n    - notify: a\n', 'c.yaml:3:7 recovery.escalation[0].afterMinutes: '],
    ['- a', '$: must be a mapping of keys'],
    ['retries: [', 'c.yaml:1'],
  ])('that is wrong is refused with the place and the mend: %j', (text, message) => {
    const error = thrown(() => parseConfigFile(text, 'c.yaml'));
    expect(error.code).toBe('INPUT_INVALID');
    expect(error.message).toContain(message);
  });

  it('says everything that is wrong at once', () => {
    const error = thrown(() => parseConfigFile('retries:\n  explore: 2\ncleanup: { jobDays: x }', 'c.yaml'));
    expect(error.problems.map(({ line }) => line)).toEqual([2, 3]);
  });

  it('has a value for one key, where that alone is said', () => {
    expect(parseConfigValue('retries.explore', '0.2', 'v')).toEqual({ 'retries.explore': 0.2 });
    expect(thrown(() => parseConfigValue('retries.explore', '9', 'v')).message).toContain(
      'v (retries.explore)',
    );
  });
});

describe('what was changed', () => {
  it('is journalled: who, from what to what, and why', async () => {
    const journal = createMemoryJournalStore();
    const store = createConfigStore(journal, () => 5);
    expect(await store.change('set', { 'retries.explore': 0.1 }, { ...cause, reason: 'try it' }, 0)).toEqual({
      version: 1,
      state: { set: { 'retries.explore': 0.1 } },
    });
    await store.change('set', {}, cause, 1);
    const events = [];
    for await (const event of store.history()) events.push(event);
    expect(events.map(({ actor, at, data }) => [actor.id, at, data])).toEqual([
      ['ana', 5, { origin: 'set', changes: [{ key: 'retries.explore', after: 0.1 }], reason: 'try it' }],
      ['ana', 5, { origin: 'set', changes: [{ key: 'retries.explore', before: 0.1 }] }],
    ]);
    expect(await verifyChain(journal.written(CONFIG_STREAM), CONFIG_STREAM)).toMatchObject({ valid: true });
  });

  it('for another version than there is, is refused and changes nothing', async () => {
    const journal = createMemoryJournalStore();
    const [one, other] = [createConfigStore(journal, () => 5), createConfigStore(journal, () => 5)];
    await one.change('set', { 'retries.explore': 0.1 }, cause, 0);
    await expect(other.change('set', { 'retries.explore': 0.2 }, cause, 0)).rejects.toMatchObject({
      code: 'CONFIG_CONFLICT',
    });
    expect((await other.read()).state.set).toEqual({ 'retries.explore': 0.1 });
  });

  it('is nothing, where it is said again', async () => {
    const store = createConfigStore(createMemoryJournalStore(), () => 5);
    await store.change('file', { 'retries.explore': 0.1 }, cause);
    expect(await store.change('file', { 'retries.explore': 0.1 }, cause)).toMatchObject({ version: 1 });
  });

  it('by two at a time is all there', async () => {
    const journal = createMemoryJournalStore();
    const stores = Array.from({ length: 5 }, () => createConfigStore(journal, () => 5));
    await Promise.all(stores.map((store, i) => store.change('set', { 'cleanup.keepJobs': i }, cause)));
    expect((await createConfigStore(journal, () => 5).read()).version).toBe(5);
  });
});

describe('a process', () => {
  const process = (journal = createMemoryJournalStore()) => {
    const time = { now: 0 };
    const failures: unknown[] = [];
    const live = createLiveConfig({
      store: createConfigStore(journal, () => time.now),
      own: () => ({ stack: { 'retries.explore': 0.01 } }),
      ...{ clock: () => time.now, ttlMs: 100 },
      onFailure: (error) => failures.push(error),
    });
    return { live, time, failures, journal };
  };

  it('sees what was set elsewhere once what it holds is too old', async () => {
    const { live, time, journal } = process();
    await live.refresh();
    await createConfigStore(journal, () => 1).change('set', { 'retries.explore': 0.2 }, cause);
    time.now = 99;
    await live.refresh();
    expect(live.current()['retries.explore']).toBe(0.01);
    time.now = 100;
    await live.refresh();
    expect(live.current()['retries.explore']).toBe(0.2);
  });

  it('goes on with what it has, where the journal cannot be read', async () => {
    const journal = createMemoryJournalStore();
    const { live, failures } = process({
      ...journal,
      // biome-ignore lint/correctness/useYield: it fails first
      read: async function* () {
        throw new Error('gone');
      },
    });
    await live.refresh();
    expect(live.current()['retries.explore']).toBe(0.01);
    expect(failures).toEqual([new Error('gone')]);
  });

  it('leaves out what a later version has set, or one that is gone knew', async () => {
    const { live, journal } = process();
    const strange = { 'retries.gone': 1, 'retries.explore': 'much', 'cleanup.keepJobs': 3 };
    await createConfigStore(journal, () => 1).change('set', strange, cause);
    const { values, set } = await live.read();
    expect(set).toEqual({ 'cleanup.keepJobs': 3 });
    expect(values['retries.explore']).toBe(0.01);
  });
});
