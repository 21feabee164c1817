import * as z from 'zod';
import { GRPC_PORT, HTTP_PORT, type ServiceSpec } from '../declaration';
import type { Environment } from '../client/target';
import { targetVariable } from '../declaration/target-variable';

/** Digits only: JavaScript reads an empty string as a number, too. */
const whole = (what: string, max: number) =>
  z
    .string()
    .regex(/^\d+$/, what)
    .transform(Number)
    .refine((value) => value <= max, what);

const port = (fallback: number) => whole('a port from 0 to 65535', 65_535).default(fallback);

const milliseconds = (fallback: number) => whole('a number of milliseconds', 3_600_000).default(fallback);

const atLeastOne = (what: string, fallback: number) =>
  whole(what, 2 ** 31 - 1)
    .refine((value) => value >= 1, what)
    .default(fallback);

/** The settings of every service. */
export const BASE_CONFIG = z.object({
  /** Loopback by default; manifests set 0.0.0.0. */
  GRPC_ADDRESS: z.string().min(1, 'an address').default('127.0.0.1'),
  GRPC_PORT: port(GRPC_PORT),
  HTTP_ADDRESS: z.string().min(1, 'an address').default('127.0.0.1'),
  HTTP_PORT: port(HTTP_PORT),
  POD_NAMESPACE: z.string().min(1, 'a namespace').default('weft'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      error: 'one of trace, debug, info, warn, error, fatal, silent',
    })
    .default('info'),
  /** How long to accept calls after SIGTERM, in milliseconds, until callers have noticed. */
  DRAIN_DELAY_MS: milliseconds(0),
  /** How long running calls may take to finish, in milliseconds. */
  DRAIN_TIMEOUT_MS: milliseconds(10_000),
  /** How long the store may be out of reach until the service reports NOT_SERVING, in milliseconds. */
  STORE_GRACE_MS: milliseconds(30_000),
  /** How many calls may run at once. More are refused with RESOURCE_EXHAUSTED. */
  MAX_CONCURRENT_CALLS: atLeastOne('a number of calls, at least 1', 1_000),
  /** The largest message, request or reply, in bytes. */
  MAX_MESSAGE_BYTES: atLeastOne('a number of bytes, at least 1', 4 * 1024 * 1024),
  /** How many calls with the same outcome are logged in a second. The next line says how many were skipped. */
  LOG_CALLS_PER_SECOND: whole('a number of lines', 1_000_000).default(100),
  /** How often the server pings a connection, in milliseconds, 0 for never. NATs forget idle ones. */
  KEEPALIVE_MS: milliseconds(60_000),
  /** How requests of this service are compressed. */
  GRPC_COMPRESSION: z.enum(['none', 'gzip'], { error: 'none or gzip' }).default('none'),
  /** Unless it is `production`, messages are checked for mistakes that would pass in silence. */
  NODE_ENV: z.string().default('development'),
});

/** {@link BASE_CONFIG} as read. */
export type BaseConfig = z.infer<typeof BASE_CONFIG>;

const target = z
  .string()
  .regex(/^$|^(dns|ipv4|ipv6|unix):.|^[\w.-]+:\d+$/, 'a gRPC target, for example dns:///users.example:50051')
  .optional();

/** The settings for the addresses of a service's callees. */
export function targetsConfig(spec: ServiceSpec) {
  const names = Object.values(spec.calls).map(({ service }) => targetVariable(service.name));
  return z.object(Object.fromEntries(names.map((name) => [name, target])));
}

/**
 * Reads and checks settings.
 *
 * @throws Error with one line for every setting that is missing or wrong
 */
export function readConfig<T>(schema: z.ZodType<T>, environment: Environment): T {
  const result = schema.safeParse(environment);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => faultLine(issue, environment));
  throw new Error(`the environment is wrong:\n  ${[...new Set(faults)].join('\n  ')}`);
}

function faultLine({ path, message }: z.core.$ZodIssue, environment: Environment): string {
  const name = path.join('.');
  if (name === '') return message;
  const value = environment[name];
  // Messages of zod itself are sentences already.
  if (message.startsWith('Invalid ')) return `${name}: ${message}`;
  if (value === undefined) return `${name} is missing; set it to ${message}`;
  // A service's own setting may be a secret, and so may a part of a connection string.
  const shown = Object.hasOwn(BASE_CONFIG.shape, name) ? JSON.stringify(value) : 'what it is set to';
  return `${name} must be ${message}, not ${shown}`;
}
