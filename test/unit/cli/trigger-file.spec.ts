import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTriggerFile } from '../../../lib/cli/trigger-file';
import { isRepriseError, type RepriseError } from '../../../lib/core/errors';
import { temporaryDir } from '../../support/e2e-files';

const HASH = 'a'.repeat(64);
const EVENT = 'on: { event: { source: [git] } }';

let dir: string;
beforeEach(() => {
  dir = temporaryDir();
  mkdirSync(join(dir, 'graphs'));
  writeFileSync(join(dir, 'graphs/g.graph.yaml'), 'name: g\nnodes:\n  - { id: a, run: "true" }\n');
});

function write(text: string, name = 't.trigger.yaml'): string {
  writeFileSync(join(dir, name), text);
  return join(dir, name);
}

async function refusal(text: string): Promise<RepriseError> {
  try {
    await readTriggerFile(write(text));
  } catch (error) {
    if (isRepriseError(error)) return error;
    throw error;
  }
  throw new Error('the file was taken');
}

describe('a trigger file', () => {
  it('is the body of PUT and a name', async () => {
    const file = write(`name: t\n${EVENT}\njob: { graph_hash: ${HASH}, parameters: { a: b } }\n`);
    expect(await readTriggerFile(file)).toEqual({
      name: 't',
      trigger: { on: { event: { source: ['git'] } }, job: { graph_hash: HASH, parameters: { a: 'b' } } },
    });
  });

  it('may name a graph beside it, which is read as it is', async () => {
    const file = write(`name: t\n${EVENT}\njob: { graph: graphs/g.graph.yaml }\n`);
    const { trigger } = await readTriggerFile(file);
    expect(trigger.job).toEqual({ execution_graph: { name: 'g', nodes: [{ id: 'a', run: 'true' }] } });
  });

  it('is what the example of the shop is', async () => {
    const { name, trigger } = await readTriggerFile('examples/shop/nightly.trigger.yaml');
    expect({ name, ...trigger }).toMatchObject({
      name: 'shop-nightly',
      overlap: 'skip',
      job: { deadline: '1h' },
    });
    expect(trigger.job.execution_graph).toMatchObject({ name: 'shop-regression' });
  });

  it('may be JSON', async () => {
    const text = JSON.stringify({ name: 't', on: { event: { source: ['git'] } }, job: { graph_hash: HASH } });
    expect(await readTriggerFile(write(text, 't.json'))).toMatchObject({ name: 't' });
  });

  it.each([
    [`name: t\n${EVENT}\njob:\n  graph_hash: ${HASH}\n  priorty: high\n`, 5, 'priorty'],
    [`name: t\n${EVENT}\nover: skip\njob: { graph_hash: ${HASH} }\n`, 3, 'over'],
    [`name: 'a b'\n${EVENT}\njob: { graph_hash: ${HASH} }\n`, 1, 'expected 1 to 64 of A-Z a-z 0-9 - _'],
    [`name: t\non:\n  schedule:\n    cron: 61 * * * *\njob: { graph_hash: ${HASH} }\n`, 4, 'cron'],
    [
      `name: t\non:\n  schedule:\n    cron: 0 5 * * *\n    timezone: Mars\njob: { graph_hash: ${HASH} }\n`,
      5,
      'IANA',
    ],
    [`name: t\non:\n  event:\n    detail:\n      branch: main\njob: { graph_hash: ${HASH} }\n`, 5, 'list'],
    [
      `name: t\non:\n  event:\n    detail:\n      n: [{ regex: x }]\njob: { graph_hash: ${HASH} }\n`,
      5,
      '"regex" is no operator',
    ],
    [`name: t\n${EVENT}\njob:\n  graph_hash: ${HASH}\n  deadline: soon\n`, 5, 'duration'],
    [`name: t\n${EVENT}\njob:\n  graph: g.yaml\n  graph_hash: ${HASH}\n`, 4, 'once'],
    [`name: t\n${EVENT}\njob: {}\n`, 3, 'graph'],
    [`name: t\n${EVENT}\n`, 1, 'job'],
    ['name: [\n', 2, ''],
  ])('that is wrong is refused with file, line and column: %j', async (text, line, word) => {
    const { code, message, problems } = await refusal(text);
    expect({ code, message }).toEqual({
      code: 'TRIGGER_INVALID',
      message: expect.stringMatching(`^t\\.trigger\\.yaml:${line}:\\d+ `),
    });
    expect(message).toContain(word);
    expect(problems[0]).toMatchObject({ line });
  });

  it('whose graph is wrong names the place in the graph', async () => {
    writeFileSync(join(dir, 'graphs/g.graph.yaml'), 'name: g\nnodes:\n  - { id: a, run: x, needs: [b] }\n');
    const { code, message } = await refusal(`name: t\n${EVENT}\njob: { graph: graphs/g.graph.yaml }\n`);
    expect({ code, message }).toEqual({
      code: 'GRAPH_UNKNOWN_DEPENDENCY',
      message: expect.stringMatching(/^g\.graph\.yaml:3:\d+ /),
    });
  });

  it('whose graph is not there says which', async () => {
    const { message } = await refusal(`name: t\n${EVENT}\njob: { graph: nowhere.yaml }\n`);
    expect(message).toContain(join(dir, 'nowhere.yaml'));
  });
});
