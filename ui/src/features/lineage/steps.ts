/** How many steps away what is shown may be; the first one unless somebody chooses. */
export const STEPS = [10, 1, 2, 3, 5, 30] as const
