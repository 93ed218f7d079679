/** A plane without the library's name on it: Settings > About has it, with thanks. */
export const PLAIN = { hideAttribution: true }
