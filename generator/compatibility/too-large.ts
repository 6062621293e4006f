/** A question would take too much time or memory. */
export class TooLarge extends Error {}
