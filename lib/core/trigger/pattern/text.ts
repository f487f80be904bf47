/**
 * Text compared without regard to case, as EventBridge does it: each UTF-16 unit of the pattern stands for its lower and
 * its upper case, which may be longer. So `straße` takes `STRASSE` and not `strasse`.
 * https://github.com/aws/event-ruler/blob/main/src/main/software/amazon/event/ruler/input/EqualsIgnoreCaseParser.java
 */
const casesOf = (unit: string) => [unit.toLowerCase(), unit.toUpperCase()];

/** Where the pattern ends in a text that begins with it, or undefined. The two cases of a letter begin unlike. */
function headEnd(text: string, pattern: string): number | undefined {
  let at = 0;
  for (const unit of pattern.split('')) {
    const found = casesOf(unit).find((written) => text.startsWith(written, at));
    if (found === undefined) return undefined;
    at += found.length;
  }
  return at;
}

export const equalsIgnoringCase = (text: string, pattern: string): boolean =>
  headEnd(text, pattern) === text.length;

export const startsIgnoringCase = (text: string, pattern: string): boolean =>
  headEnd(text, pattern) !== undefined;

export function endsIgnoringCase(text: string, pattern: string): boolean {
  let end = text.length;
  for (const unit of pattern.split('').reverse()) {
    const found = casesOf(unit).find((written) => text.endsWith(written, end));
    if (found === undefined) return false;
    end -= found.length;
  }
  return true;
}

/** A character that is two UTF-16 units, which EventBridge compares with no case: neither of them is a letter. */
export const caselessCharacter = (text: string): string | undefined =>
  [...text].find((character) => character.length > 1);
