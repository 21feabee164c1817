const KIB = 1024;
const MIB = 1024 * KIB;

/** The largest export, after decompression. */
export const MAX_EXPORT_BYTES = 16 * MIB;

/** The total size of exports being read at the same time. */
export const MAX_READING_BYTES = 64 * MIB;
