import type { Plain } from './located';

/**
 * A plain scalar as readers of YAML 1.1 understand it, Psych of GitLab before all, so that `yes` is true and `1:30` a
 * number, and `1e3` a text. A number with a point becomes the text that GitLab makes of it, as `3.10` is 3.1 there
 * and `2.0` is not 2.
 * @see https://github.com/ruby/psych lib/psych/scalar_scanner.rb
 */
export function readScalar(source: string): Plain {
  if (source === '' || source === '~' || /^null$/i.test(source)) return null;
  if (/^(yes|true|on)$/i.test(source)) return true;
  if (/^(no|false|off)$/i.test(source)) return false;
  const digits = source.replace(/[,_]/g, '');
  if (/^[-+]?(0|[1-9]([0-9]|[,_][0-9])*)$/.test(source)) return whole(digits, 10);
  if (/^[-+]?0[0-7_,]+$/.test(source)) return whole(digits, 8);
  if (/^[-+]?0x[0-9a-fA-F_,]+$/.test(source)) return whole(digits.replace('0x', ''), 16);
  if (/^[-+]?0b[01_,]+$/.test(source)) return whole(digits.replace('0b', ''), 2);
  if (/^[-+]?[0-9][0-9_]*(:[0-5]?[0-9]){1,2}$/.test(source)) return sixties(digits);
  if (/^[-+]?([0-9][0-9_,]*)?\.[0-9]*([eE][-+][0-9]+)?$/.test(source) && /[0-9]/.test(source)) {
    const value = Number(digits);
    return Number.isInteger(value) && Math.abs(value) < 1e16 ? `${value}.0` : String(value);
  }
  return source;
}

/** What no number of this language holds exactly stays text. */
function whole(digits: string, radix: number): Plain {
  const value = Number.parseInt(digits, radix);
  return Number.isSafeInteger(value) ? value : digits;
}

/** `1:30` is an hour and a half in seconds, as `1:30:00` is. */
function sixties(text: string): number {
  const parts = text.replace(/^[-+]/, '').split(':');
  const sum = parts.reduce((total, part, i) => total + Number(part) * 60 ** Math.abs(i - 2), 0);
  return text.startsWith('-') ? -sum : sum;
}
