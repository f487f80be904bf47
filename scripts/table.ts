// npm run table -- export|restore|verify|rearm: what is in a deployed table, out of it and back again. docs/disaster-recovery.md.
import { createReadStream, createWriteStream, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { createGunzip, createGzip } from 'node:zlib';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { openTable } from '../lib/adapters/aws/deployment/open-table';
import { outputOf } from '../lib/adapters/aws/deployment/stacks';
import { exportedLines, restoreLines, verifyStreams } from '../lib/adapters/aws/deployment/table-export';
import type { EffectsBody } from '../lib/adapters/aws/queues/queue-messages';
import { createDynamoJournalStore } from '../lib/adapters/aws/table/journal-store';
import { createOpenStreams } from '../lib/adapters/aws/table/open-streams';
import { SYSTEM } from '../lib/adapters/system';
import { stacksOf } from '../lib/core/doctor/stacks';
import { isArmed } from '../lib/core/engine/rearm';
import { isRepriseError } from '../lib/core/errors';

const USAGE = `Usage: npm run table -- COMMAND (--env NAME | --table NAME) [--region R]

  export  --out DIR                every item, as DynamoDB exports to S3
  restore --from DIR [--continue]  what DynamoDB or \`export\` wrote, into an empty table
          [--elsewhere]            of another environment: without what names its machines and executions
  verify                           walks the hash chain of every stream
  rearm   --env NAME               clocks, rules and timers are set again, as the journals say`;

async function main(argv: string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const options = {
    env: text,
    table: text,
    region: text,
    out: text,
    from: text,
    continue: { type: 'boolean' },
    elsewhere: { type: 'boolean' },
  } as const;
  const { positionals, values } = parseArgs({ args: argv, options, allowPositionals: true });
  const [command] = positionals;
  if (values.env === undefined && values.table === undefined) return usage();
  const client = new DynamoDBClient(values.region === undefined ? {} : { region: values.region });
  const tableName = values.table ?? (await openTable(values.env as string, values.region)).tableName;
  if (command === 'export' && values.out !== undefined) return exportTo(client, tableName, values.out);
  if (command === 'verify') return verify(client, tableName);
  if (command === 'rearm' && values.env !== undefined) return rearm(client, tableName, values as Place);
  if (command !== 'restore' || values.from === undefined) return usage();
  const [goesOn, isElsewhere] = [values.continue === true, values.elsewhere === true];
  const count = await restoreLines({ client, tableName, timing: SYSTEM }, linesIn(values.from), {
    ...{ goesOn, isElsewhere },
  });
  console.log(`${count} items are in ${tableName}`);
  return verify(client, tableName);
}

function usage(): number {
  console.error(USAGE);
  return 2;
}

async function exportTo(client: DynamoDBClient, tableName: string, dir: string): Promise<number> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  let count = 0;
  async function* counted() {
    for await (const line of exportedLines(client, tableName)) {
      count += 1;
      yield `${line}\n`;
    }
  }
  const file = join(dir, 'items.json.gz');
  await pipeline(
    Readable.from(counted()),
    createGzip(),
    createWriteStream(file, { mode: 0o600, flags: 'wx' }),
  );
  console.log(`${count} items of ${tableName} are in ${file}`);
  return 0;
}

async function verify(client: DynamoDBClient, tableName: string): Promise<number> {
  const journal = createDynamoJournalStore(DynamoDBDocumentClient.from(client), tableName, SYSTEM);
  let [sound, events, broken] = [0, 0, 0];
  for await (const { stream, verdict } of verifyStreams(client, tableName, journal)) {
    if (verdict.valid) [sound, events] = [sound + 1, events + verdict.events];
    else {
      broken += 1;
      console.error(`${stream}: event ${verdict.at}: ${verdict.reason}`);
    }
  }
  console.log(`${sound} streams with ${events} events are valid, ${broken} are not`);
  return broken === 0 ? 0 : 1;
}

interface Place {
  readonly env: string;
  readonly region?: string;
}

/** Asks, for every stream that has clocks or timers, for what its journal says of them. */
async function rearm(client: DynamoDBClient, tableName: string, { env, region }: Place): Promise<number> {
  const settings = region === undefined ? {} : { region };
  const stacks = new CloudFormationClient(settings);
  const QueueUrl = await outputOf(stacks, stacksOf(env).engine, 'EffectsQueueUrl');
  // Queue URLs of a local cloud name `localhost`, which need not be where it listens.
  const sqs = new SQSClient({
    ...settings,
    useQueueUrlAsEndpoint: process.env['AWS_ENDPOINT_URL'] === undefined,
  });
  let count = 0;
  for await (const page of createOpenStreams(DynamoDBDocumentClient.from(client), tableName).pages())
    for (const { stream, seq, isOver } of page) {
      if (isOver || seq === 0 || !isArmed(stream)) continue;
      const body: EffectsBody = { stream, to: seq, rearm: true };
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(body) }));
      count += 1;
    }
  console.log(`${count} streams are asked to set their clocks, rules and timers`);
  return 0;
}

/** Lines of all data files under a directory, as an export has them in its folder `data`. */
async function* linesIn(dir: string): AsyncGenerator<string> {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort();
  for (const name of names.filter((each) => /\.json(\.gz)?$/.test(each) && !/manifest/.test(each))) {
    const file = join(dir, name);
    if (!statSync(file).isFile()) continue;
    const bytes = createReadStream(file);
    yield* createInterface({ input: name.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes });
  }
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(isRepriseError(error) ? error.message : error);
    process.exitCode = isRepriseError(error) ? 2 : 1;
  },
);
