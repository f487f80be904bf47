import type { OutdatedSnapshots } from '../../core/engine/outdated-snapshots';
import type { Migrated, MigrationReport } from '../../core/migration/migrate';

/** What a migration did, or would do, for a terminal. */
export function renderMigrated(
  done: Migrated & {
    readonly store: string;
    readonly dryRun: boolean;
    /** Where it has snapshots. */
    readonly snapshots?: { readonly kept: number; readonly outdated: readonly OutdatedSnapshots[] };
  },
): string {
  const { store, dryRun, from, to, migrations, snapshots } = done;
  const verb = dryRun ? 'would go' : 'went';
  const first =
    migrations.length === 0
      ? `${store} has layout ${to}: nothing to do`
      : `${store} ${verb} from layout ${from} to ${to}`;
  const kept = snapshots ? [`${snapshots.kept} snapshots`, ...snapshots.outdated.map(outdated)] : [];
  return [first, ...migrations.flatMap(lines), ...kept, ''].join('\n');
}

function outdated({ fold, becomes, count, examples }: OutdatedSnapshots): string {
  const more = count - examples.length;
  const which = `${examples.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return `  ${count} of ${fold} count as none, and are made anew as ${becomes} from their journals: ${which}`;
}

function lines({ version, name, does, changed, examples, isContinued }: MigrationReport): string[] {
  const goesOn = isContinued ? ', going on where it was cut off' : '';
  const more = changed - examples.length;
  return [
    `  ${version} ${name}: ${does} (${changed} changed${goesOn})`,
    ...examples.map((example) => `      ${example}`),
    ...(more > 0 ? [`      and ${more} more`] : []),
  ];
}
