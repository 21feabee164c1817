/** Limits of one span; the rest is cut off and reported to the sender. */
export const MAX_ATTRIBUTES = 1_000;
export const MAX_EVENTS = 1_000;
export const MAX_LINKS = 1_000;

/** The length of a value, in UTF-16 code units. */
export const MAX_VALUE_LENGTH = 16_384;

/** The length of a name or a key, in UTF-16 code units. */
export const MAX_NAME_LENGTH = 1_024;

/** Values in the lists and maps of one attribute. */
export const MAX_VALUE_ITEMS = 1_000;

/** Tolerance for a sender's clock that is ahead. */
export const MAX_FUTURE_MS = 24 * 3_600_000;
