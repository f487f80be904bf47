import { invalid } from './invalid';

/** What an option takes: a number from `least` (1, where it is not said) to `most`, both included. */
interface Bounds {
  readonly least?: number;
  /** As far as whole numbers are exact, where it is not said. */
  readonly most?: number;
}

/**
 * Parses what an option of a whole number takes: decimal digits and nothing else.
 * @param option as people write it, such as `--slots`
 * @throws RepriseError INPUT_INVALID
 */
export function wholeNumber(option: string, { least = 1, most }: Bounds = {}): (text: string) => number {
  return (text) => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= (most ?? Number.MAX_SAFE_INTEGER)) return value;
    const range = most === undefined ? `of at least ${least}` : `from ${least} to ${most}`;
    throw invalid(`${option} must be a whole number ${range}, not ${JSON.stringify(text)}`);
  };
}

/** Parses what an option of any number takes, such as `0.25`. @throws RepriseError INPUT_INVALID */
export function decimalNumber(option: string, { least = 0, most }: Bounds = {}): (text: string) => number {
  return (text) => {
    const value = /^\d{1,16}(\.\d{1,16})?$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= (most ?? Number.MAX_SAFE_INTEGER)) return value;
    const range = most === undefined ? `of at least ${least}` : `from ${least} to ${most}`;
    throw invalid(`${option} must be a number ${range}, not ${JSON.stringify(text)}`);
  };
}
