/** How long a timer may last: 24 days. A longer one would end at once. */
const timerMsMax = 2 ** 31 - 1;

/** The delay of a timer, as long as it may be. */
export const timerMs = (ms: number): number => Math.min(ms, timerMsMax);
