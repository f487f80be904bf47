/** From one time to a later one, in milliseconds; 0 where two clocks that disagree have it the other way round. */
export const lasted = (since: number, at: number): number => Math.max(0, at - since);
