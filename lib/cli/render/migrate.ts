import type { Migrated, MigrationReport } from '../../core/migration/migrate';

/** What a migration did, or would do, for a terminal. */
export function renderMigrated(
  done: Migrated & { readonly store: string; readonly dryRun: boolean },
): string {
  const { store, dryRun, from, to, migrations } = done;
  if (migrations.length === 0) return `${store} has layout ${to}: nothing to do\n`;
  const verb = dryRun ? 'would go' : 'went';
  return [`${store} ${verb} from layout ${from} to ${to}`, ...migrations.flatMap(lines), ''].join('\n');
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
