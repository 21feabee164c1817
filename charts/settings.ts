/** What differs from one environment to another. */
export interface Settings {
  /** The namespace of everything. */
  namespace: string;
  /** Where images come from: `<registry>/<service>:<tag>`. */
  registry: string;
  /** The version of the images. */
  tag: string;
  logLevel: string;
  /** Whether services with a store write example data that is missing. */
  seedData: boolean;
  /** How long a pod goes on taking calls after SIGTERM, in milliseconds, until its callers have noticed. */
  drainDelayMs: number;
  /** The Secret that holds the store's connection string, and the key in it. */
  mongodbSecret: { name: string; key: string };
}
