import type { Command, Option } from 'commander';

/**
 * Lets the options of subcommands stand before their names as well: `reprise dlq --api URL list`. What the named one does not
 * have is refused, not left out.
 */
export function takeBefore(group: Command): void {
  if (group.commands.length === 0) return;
  const own = new Set(group.options.map(({ long }) => long));
  for (const option of optionsBelow(group)) if (!own.has(option.long)) group.addOption(quiet(option));
  group.enablePositionalOptions();
  group.hook('preSubcommand', (_, named) => handOn(group, named));
}

/** Those that mean the same wherever they are, each once. */
function optionsBelow({ commands }: Command): Option[] {
  const all = commands.flatMap(({ options }) => options);
  const isClear = ({ long, flags }: Option) =>
    all.every((each) => each.long !== long || each.flags === flags);
  return [...new Map(all.filter(isClear).map((option) => [option.long, option])).values()];
}

/** Of the same meaning, without a place in the help and without a demand. */
function quiet(option: Option): Option {
  const copy: Option = Object.assign(Object.create(Object.getPrototypeOf(option)), option);
  copy.defaultValue = undefined;
  copy.makeOptionMandatory(false);
  return copy.hideHelp();
}

function handOn(group: Command, named: Command): void {
  for (const option of group.options) {
    const name = option.attributeName();
    if (group.getOptionValueSource(name) !== 'cli') continue;
    if (named.options.some(({ long }) => long === option.long))
      named.setOptionValueWithSource(name, group.getOptionValue(name), 'cli');
    else group.error(`error: ${group.name()} ${named.name()} has no option '${option.long}'`);
  }
}
