import type { Path } from '../../core/dag/check/problems';
import { checkItems, type Item } from '../edges';
import { type Place, refusal } from '../foreign';
import type { Context } from './context';
import type { Gate } from './gates';
import type { Step } from './schema';

export interface Located {
  readonly step: Step;
  readonly path: Path;
}

/** All steps, those of groups after their group. */
export function located(steps: readonly Step[], path: Path): Located[] {
  return steps.flatMap((step, i): Located[] => {
    const own = { step, path: [...path, i] };
    return step.type === 'group' ? [own, ...located(step.steps, [...own.path, 'steps'])] : [own];
  });
}

export function keyOf(step: Step): string | undefined {
  const key = step.key ?? step.identifier ?? step.id;
  return key === undefined || key === null || key === '' ? undefined : String(key);
}

/** @throws RepriseError INPUT_INVALID for a key that is not there, or is there twice, and for cycles */
export function checkSteps(steps: readonly Located[], at: Place): void {
  const seen = new Set<string>();
  const items = steps.map(({ step, path }): Item => {
    const key = keyOf(step);
    if (key !== undefined && seen.has(key)) throw refusal(path, `${key} is the key of two steps`, at);
    if (key !== undefined) seen.add(key);
    const needs = dependenciesOf(step, path).map(({ key: name, path: place }) => ({
      key: name,
      path: place,
    }));
    return { key: key ?? `\0${path.join('.')}`, needs };
  });
  checkItems(items, at);
}

interface Dependency {
  readonly key: string;
  readonly allow: boolean;
  readonly path: Path;
}

function dependenciesOf(
  { depends_on: given, allow_dependency_failure: all }: Step,
  path: Path,
): Dependency[] {
  const isYes = (flag: unknown) => flag === true || flag === 'true';
  return [given ?? []].flat().map((each, i) => {
    const place = [...path, 'depends_on', ...(Array.isArray(given) ? [i] : [])];
    if (typeof each !== 'object') return { key: String(each), allow: isYes(all), path: place };
    const { step, allow_failure: own } = each;
    return {
      key: String(step),
      allow: own === undefined || own === null ? isYes(all) : isYes(own),
      path: [...place, 'step'],
    };
  });
}

/** The gate that a step names itself; undefined where it names none, which is not the same as naming nothing. */
export function explicitGate(step: Step, path: Path, { tell }: Context): Gate | undefined {
  const isNamed = Object.hasOwn(step, 'depends_on');
  const allowed = step.allow_dependency_failure;
  if (!isNamed && (allowed === true || allowed === 'true')) {
    tell(
      'left-out',
      [...path, 'allow_dependency_failure'],
      'the step names nothing that it depends on, whose failure it could allow',
    );
  }
  if (!isNamed) return undefined;
  return dependenciesOf(step, path).map(({ key, allow }) => ({ kind: 'key', key, allow }));
}
