const SECONDS: Readonly<Record<string, number>> = {
  s: 1,
  sec: 1,
  second: 1,
  m: 60,
  min: 60,
  minute: 60,
  h: 3_600,
  hr: 3_600,
  hour: 3_600,
  d: 86_400,
  day: 86_400,
  w: 604_800,
  wk: 604_800,
  week: 604_800,
};

/**
 * Seconds of a time as GitLab takes it: `1h 30m`, `90 minutes`, `3 hours and 30 min`, `3600`; undefined when it is none.
 * @see https://docs.gitlab.com/ci/yaml/#timeout
 */
export function gitlabSeconds(text: string): number | undefined {
  const plain = text.trim().toLowerCase();
  if (/^\d{1,9}$/.test(plain)) return Number(plain);
  const clock = /^(?:(\d{1,4}):)?(\d{1,4}):(\d{1,2})$/.exec(plain);
  if (clock) return Number(clock[1] ?? 0) * 3_600 + Number(clock[2]) * 60 + Number(clock[3]);
  const part = /\s*(?:,|and\b)?\s*(\d{1,9}(?:\.\d{1,6})?)\s*([a-z]+)/y;
  let seconds = 0;
  while (part.lastIndex < plain.length) {
    const match = part.exec(plain);
    if (!match) return undefined;
    const word = match[2]!;
    const unit = SECONDS[word] ?? SECONDS[word.replace(/s$/, '')];
    if (unit === undefined) return undefined;
    seconds += Number(match[1]) * unit;
  }
  return seconds > 0 ? seconds : undefined;
}
