/** What one span may have; what is beyond is cut off, and whoever sent it is told. */
export const MAX_ATTRIBUTES = 1_000;
export const MAX_EVENTS = 1_000;
export const MAX_LINKS = 1_000;

/** In UTF-16 code units, of a value. */
export const MAX_VALUE_LENGTH = 16_384;

/** In UTF-16 code units, of a name or a key. */
export const MAX_NAME_LENGTH = 1_024;

/** Values within lists and maps, of one attribute. */
export const MAX_VALUE_ITEMS = 1_000;

/** Clocks differ, but not by more than this. */
export const MAX_FUTURE_MS = 24 * 3_600_000;
