/** A time as people of every zone can read it, to the second. @param at milliseconds since the epoch. */
export const isoTime = (at: number): string => new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');
