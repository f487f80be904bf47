import {
  type Entry,
  type Located,
  type LocatedMap,
  mapOf,
  refuse,
  type Spot,
  settingOf,
  shown,
  type Tell,
  textOf,
} from '../located/located';
import { isBuiltIn } from './built-in';
import { type Config, filled, orbOf } from './config';
import { holds } from './logic';
import { bind } from './parameters';

/** A step that a job comes to, after commands and conditions are written out. */
export interface Step {
  /** `run`, or a step that CircleCI has built in. */
  readonly name: string;
  readonly value: Located;
  readonly spot: Spot;
}

/** More than any job has: commands in commands multiply. */
const MOST_STEPS = 2_000;
/** Commands in each other. */
const DEEPEST = 50;

interface Expanding {
  readonly config: Config;
  readonly tell: Tell;
  readonly steps: Step[];
  readonly path: readonly string[];
}

/**
 * The steps of a list whose placeholders are filled in, commands and conditional steps written out.
 * @throws RepriseError INPUT_INVALID
 */
export function expandSteps(list: Located | undefined, config: Config, tell: Tell): Step[] {
  const steps: Step[] = [];
  if (list) addAll(list, { config, tell, steps, path: [] });
  return steps;
}

function addAll(list: Located, at: Expanding): void {
  if (list.kind !== 'list') throw refuse(list.spot, 'steps are a list');
  for (const item of list.items) add(item, at);
  if (at.steps.length > MOST_STEPS) throw refuse(list.spot, `a job has more than ${MOST_STEPS} steps`);
}

function add(item: Located, at: Expanding): void {
  // A list in a list is what a parameter of the type `steps` leaves.
  if (item.kind === 'list') {
    addAll(item, at);
    return;
  }
  const { name, value, spot } = stepOf(item);
  const { config, tell } = at;
  const command = config.commands.get(name);
  const orb = orbOf(name, config);
  if (command) call(name, command, value, { ...at, path: [...at.path, name] });
  else if (orb)
    tell(
      'left-out',
      spot,
      `${orb} does not run, as orbs are not read (${shown(value)}): write its commands as \`run\` steps where they are needed`,
    );
  else if (config.isReusable && (name === 'when' || name === 'unless'))
    conditional(name, mapOf(value), spot, at);
  else if (isBuiltIn(name)) at.steps.push({ name, value, spot });
  else
    throw refuse(
      spot,
      `there is no step ${name}: it is neither built in nor a command of this file or of its orbs`,
    );
}

function stepOf(item: Located): Step {
  if (item.kind === 'plain') {
    return {
      name: textOf(item),
      value: { kind: 'map', entries: new Map(), spot: item.spot },
      spot: item.spot,
    };
  }
  const [only, ...rest] = mapOf(item).entries;
  if (!only || rest.length > 0)
    throw refuse(
      item.spot,
      `a step has one key, its kind, and not ${rest.length + (only ? 1 : 0)}: indent what belongs to it`,
    );
  const [name, { value, spot }] = only;
  return { name, value, spot };
}

function call(name: string, command: Entry, value: Located, at: Expanding): void {
  const { path, config } = at;
  if (path.indexOf(name) < path.length - 1)
    throw refuse(command.spot, `the command goes in a circle: ${path.join(' -> ')}`);
  if (path.length > DEEPEST) throw refuse(command.spot, `commands are more than ${DEEPEST} levels deep`);
  const owner = mapOf(command.value);
  const isNothing = value.kind === 'plain' && value.value === null;
  const given = isNothing ? new Map() : mapOf(value).entries;
  const parameters = bind(owner, given, { what: `the command ${name}`, spot: value.spot });
  const steps = settingOf(owner, 'steps');
  if (!steps) throw refuse(command.spot, `the command ${name} has no \`steps\``);
  addAll(filled(steps, { parameters }, config), at);
}

function conditional(name: string, body: LocatedMap, spot: Spot, at: Expanding): void {
  const condition = body.entries.get('condition');
  const steps = settingOf(body, 'steps');
  if (!condition || !steps) throw refuse(spot, `\`${name}\` has a \`condition\` and \`steps\``);
  const answer = holds(condition.value, at.config.pipeline);
  if (answer === undefined) {
    at.tell(
      'changed',
      condition.spot,
      `these steps run whether or not this lets them, as only CircleCI knows it (or tell it with --set): ${shown(condition.value)}`,
    );
  }
  if (answer === undefined || answer === (name === 'when')) addAll(steps, at);
}
