import { posix } from 'node:path';
import { LIMITS } from '../core/limits';
import { present } from '../core/model/present';
import type { TestId, TestResult } from '../core/model/test-results';

/** The same for the same test, whatever its address is. */
export function identityOf(id: TestId): string {
  return JSON.stringify([...namesOf(id), id.occurrence ?? 1]);
}

/** The same for tests that nothing but their order tells apart. */
export function sharedKey(id: TestId): string {
  return JSON.stringify(namesOf(id));
}

function namesOf({ runner, project, file, suites, title }: TestId): unknown[] {
  return [runner, project ?? null, file ?? null, suites, title];
}

/** What a report calls a test. */
export interface TestNames {
  readonly project?: string | undefined;
  readonly file?: string | undefined;
  readonly suites: readonly string[];
  readonly title: string;
  readonly address?: string | undefined;
}

/** Names within their bounds: what is longer is cut, and a cut name tells tests apart by their order. */
export function testId(runner: string, { project, file, suites, title, address }: TestNames): TestId {
  const fits = address !== undefined && address.length <= LIMITS.testNameLength;
  return {
    runner: cut(runner),
    suites: suites.slice(0, LIMITS.testSuites).map(cut),
    title: cut(title),
    ...present({
      project: project === undefined || project === '' ? undefined : cut(project),
      file: file === undefined || file === '' ? undefined : cut(file),
      address: fits ? address : undefined,
    }),
  };
}

function cut(name: string): string {
  return name.slice(0, LIMITS.testNameLength);
}

/**
 * Tests, each with all its tries, told apart by their order where nothing else does: two of one name are two tests, and
 * never two tries of one, as a pass of the second would hide the failure of the first.
 */
export function numbered(tests: readonly (readonly TestResult[])[]): TestResult[][] {
  const seen = new Map<string, number>();
  return tests.map((tries) => {
    const [first] = tries;
    if (!first) return [];
    const key = sharedKey(first.id);
    const occurrence = (seen.get(key) ?? 0) + 1;
    seen.set(key, occurrence);
    return tries.map((each) => {
      const { occurrence: _, ...id } = each.id;
      return { ...each, id: occurrence === 1 ? id : { ...id, occurrence } };
    });
  });
}

/** A path of a report as it is seen from the working directory, with `/`; absolute where it lies elsewhere. */
export function fromDirectory(cwd: string, path: string): string {
  const file = path.replaceAll('\\', '/');
  if (!posix.isAbsolute(file)) return posix.normalize(file);
  const near = posix.relative(cwd, file);
  return near.startsWith('..') || near === '' ? file : near;
}
