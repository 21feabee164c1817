/** google.protobuf.Timestamp as a message: seconds as text since they are an int64. */
export interface Timestamp {
  seconds: string;
  nanos: number;
}

/** proto-loader turns a Date into 1970 without a word; this is what it wants instead. */
export function toTimestamp(date: Date): Timestamp {
  const ms = date.getTime();
  const seconds = Math.floor(ms / 1000);
  return { seconds: String(seconds), nanos: (ms - seconds * 1000) * 1_000_000 };
}
