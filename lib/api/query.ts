import { invalidInput } from './route';

/**
 * A query whose keys each come once: of two values hosts would take another one each, and so would whoever checks the call
 * before them.
 * @throws RepriseError INPUT_INVALID
 */
export function onceEach(
  values: Readonly<Record<string, readonly string[] | undefined>>,
): Record<string, string> {
  const entries = Object.entries(values).flatMap(([key, given = []]): [string, string][] => {
    const [value, ...more] = given;
    if (more.length > 0) throw invalidInput(key, `is given ${more.length + 1} times: give it once`);
    return value === undefined ? [] : [[key, value]];
  });
  return Object.fromEntries(entries);
}
