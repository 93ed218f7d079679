/** Milliseconds after which what is on screen is read anew, while something happens. */
export const PERIOD = 1500
