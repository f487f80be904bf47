import type { Command } from 'commander';
import { ulid } from 'ulid';
import { exists } from '../adapters/embedded/disk/durable';
import { createDirectoryMarker, DIRECTORY_MIGRATIONS, storeNameOf } from '../adapters/embedded/disk/store';
import { outdatedSnapshots } from '../core/engine/outdated-snapshots';
import { RepriseError } from '../core/errors';
import { type MigrateDeps, migrate, previewMigration } from '../core/migration/migrate';
import { present } from '../core/model/present';
import { JOURNAL_OPTION, layoutAt, say } from './options';
import { print } from './print';
import { renderMigrated } from './render/migrate';

interface Options {
  readonly journal: string;
  readonly env?: string;
  readonly region?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `reprise migrate`: brings a journal directory, or the table of a deployed environment, to the layout of this version. */
export function registerMigrate(program: Command): void {
  program
    .command('migrate')
    .description('bring a journal directory, or the table of an environment, to the layout of this version')
    .option('--dry-run', 'say what would change, and change nothing')
    .option('--env <name>', 'the table of this deployed environment, instead of a directory')
    .option('--region <region>', 'with --env: instead of that of the AWS settings of this process')
    .option('--json', 'print one JSON document')
    .option(...JOURNAL_OPTION)
    .action(run);
}

async function run(options: Options): Promise<void> {
  const { name, ...deps } =
    options.env === undefined ? directory(options) : await table(options.env, options);
  const dryRun = options.dryRun === true;
  const onPage: MigrateDeps['onPage'] = (migration, changed) => say(`${migration.name}: ${changed} changed`);
  const done = dryRun
    ? await previewMigration(name, deps)
    : await migrate(name, { ...deps, clock: Date.now, onPage });
  const snapshots = dryRun && options.env !== undefined ? await snapshotsOf(options.env, options) : undefined;
  const document = { store: name, dryRun, ...done, ...present({ snapshots }) };
  print(options, document, () => renderMigrated(document));
}

/** A fold of another version reads none of them: rebuilding is how they are migrated. A directory keeps none. */
async function snapshotsOf(environment: string, { region }: Options) {
  const { openSnapshots } = await import('../adapters/aws/deployment/open-table');
  return outdatedSnapshots(await openSnapshots(environment, region));
}

type Store = Pick<MigrateDeps, 'marker' | 'migrations'> & { readonly name: string };

function directory({ journal }: Options): Store {
  const layout = layoutAt(journal);
  if (!exists(layout.root)) {
    const message = `no directory ${layout.root}: name the journal directory by --journal`;
    throw new RepriseError('INPUT_INVALID', message);
  }
  return {
    name: storeNameOf(layout),
    marker: createDirectoryMarker(layout),
    migrations: DIRECTORY_MIGRATIONS,
  };
}

/** The clients of AWS are loaded only here: they take longer than most commands. */
async function table(environment: string, { region }: Options): Promise<Store> {
  const { openTable } = await import('../adapters/aws/deployment/open-table');
  const { createTableMarker, tableMigrations } = await import('../adapters/aws/table/store');
  const store = await openTable(environment, region);
  return {
    name: `the table ${store.tableName}`,
    marker: createTableMarker(store, ulid()),
    migrations: tableMigrations(store),
  };
}
