import { RepriseError } from '../errors';
import { many } from '../model/many';

/** The five fields of a cron expression as sets, ascending; `undefined` where every value goes. Sunday is 0. */
export interface CronFields {
  readonly minutes: readonly number[] | undefined;
  readonly hours: readonly number[] | undefined;
  readonly daysOfMonth: readonly number[] | undefined;
  readonly months: readonly number[] | undefined;
  readonly daysOfWeek: readonly number[] | undefined;
}

interface Field {
  readonly name: string;
  readonly first: number;
  readonly last: number;
  /** Names of the values, from `first`. */
  readonly names: readonly string[];
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const DAYS = 'sun mon tue wed thu fri sat'.split(' ');
const MINUTE: Field = { name: 'minute', first: 0, last: 59, names: [] };
const HOUR: Field = { name: 'hour', first: 0, last: 23, names: [] };
const DAY_OF_MONTH: Field = { name: 'day of month', first: 1, last: 31, names: [] };
const MONTH: Field = { name: 'month', first: 1, last: 12, names: MONTHS };
/** Written 0 to 7: both ends are Sunday. */
const DAY_OF_WEEK: Field = { name: 'day of week', first: 0, last: 6, names: DAYS };
const FIELDS = [MINUTE, HOUR, DAY_OF_MONTH, MONTH, DAY_OF_WEEK] as const;

/** A part of a list: what every cron reads alike, and a value with a step, which goes on to the end. */
const ITEM = /^(?:\*|([0-9]+|[A-Za-z]+)(?:-([0-9]+|[A-Za-z]+))?)(?:\/([0-9]+))?$/;

/** Longest months; the 29th of February comes, if rarely. */
const LENGTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Reads a cron expression of five fields: minute, hour, day of month, month, day of week. When both days are given, one
 * of them is enough, as everywhere.
 * @throws RepriseError TRIGGER_INVALID says what to write instead.
 */
export function parseCron(text: string): CronFields {
  const parts = text.trim().split(/\s+/).filter(Boolean);
  if (parts.length !== FIELDS.length) {
    const names = FIELDS.map(({ name }) => name).join(', ');
    throw invalid(`has ${many(parts.length, 'field')}: write five (${names}), such as 30 2 * * 1-5`);
  }
  const [minute, hour, dayOfMonth, month, dayOfWeek] = parts as [string, string, string, string, string];
  const days = { ofMonth: valuesOf(DAY_OF_MONTH, dayOfMonth), ofWeek: valuesOf(DAY_OF_WEEK, dayOfWeek) };
  // One of them is enough: `1-31` makes it every day, whatever the other says.
  const everyDay = (!days.ofMonth && !dayOfMonth.includes('*')) || (!days.ofWeek && !dayOfWeek.includes('*'));
  const parsed = {
    minutes: valuesOf(MINUTE, minute),
    hours: valuesOf(HOUR, hour),
    daysOfMonth: everyDay ? undefined : days.ofMonth,
    months: valuesOf(MONTH, month),
    daysOfWeek: everyDay ? undefined : days.ofWeek,
  };
  checkComes(parsed);
  return parsed;
}

/** The same expression with every step and name written out, and `*` where every value goes. */
export function formatCron(fields: CronFields): string {
  const { minutes, hours, daysOfMonth, months, daysOfWeek } = fields;
  return [minutes, hours, daysOfMonth, months, daysOfWeek].map((set) => set?.join(',') ?? '*').join(' ');
}

/** The values a field names, or undefined for all of them. */
function valuesOf(field: Field, text: string): readonly number[] | undefined {
  const values = new Set(text.split(',').flatMap((item) => itemValues(field, text, item)));
  return values.size > field.last - field.first ? undefined : [...values].sort((a, b) => a - b);
}

function itemValues(field: Field, text: string, item: string): number[] {
  const { first, last, names } = field;
  const wrong = (message: string) => invalid(`${field.name} ${JSON.stringify(text)}: ${message}`);
  const matched = ITEM.exec(item);
  if (!matched) {
    const or = names.length > 0 ? ' or names' : '';
    throw wrong(`write numbers${or}, *, lists, ranges and steps, such as ${first}, ${first}-${last} or */2`);
  }
  const [, fromText, toText, stepText] = matched;
  const step = Number(stepText ?? 1);
  if (step < 1) throw wrong('write a step of 1 or more');
  const isWeek = field === DAY_OF_WEEK;
  const read = (written: string): number => {
    const named = names.indexOf(written.toLowerCase());
    const value = named < 0 ? Number(written) : first + named;
    // Not a number where it is a name of another field.
    if (value >= first && value <= (isWeek ? 7 : last)) return value;
    const known = names.length > 0 ? `, or ${names.join(', ')}` : '';
    throw wrong(`write ${first} to ${isWeek ? 7 : last}${known}`);
  };
  const from = fromText === undefined ? first : read(fromText);
  const given = toText === undefined ? undefined : read(toText);
  // The Sunday after, as in mon-sun.
  const to = isWeek && given === 0 && from > 0 ? 7 : given;
  const end = to ?? (fromText === undefined || stepText !== undefined ? Math.max(last, from) : from);
  if (end < from) throw wrong(`a range goes upwards: write ${from}-${last},${first}-${end}`);
  const values = Array.from({ length: Math.floor((end - from) / step) + 1 }, (_, i) => from + i * step);
  return isWeek ? values.map((day) => day % 7) : values;
}

function checkComes({ daysOfMonth, months, daysOfWeek }: CronFields): void {
  if (daysOfMonth === undefined || daysOfWeek !== undefined) return;
  const day = Math.min(...daysOfMonth);
  const longest = Math.max(...(months ?? [1]).map((month) => LENGTHS[month - 1] ?? 31));
  if (day > longest) throw invalid(`never comes: no month of it has a day ${day}, write ${longest} or less`);
}

function invalid(message: string): RepriseError {
  const problem = { code: 'TRIGGER_INVALID' as const, path: 'on.schedule.cron', message };
  return new RepriseError('TRIGGER_INVALID', `on.schedule.cron: ${message}`, { problems: [problem] });
}
