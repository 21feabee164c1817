import * as z from 'zod';
import { BASE_CONFIG } from '../kit/runtime/config';

/** What the gateway reads from its environment beside what every service does. */
export const SETTINGS = z.object({
  /** The origins that may call from browsers, separated by commas. By default there are none. */
  CORS_ORIGINS: z
    .string()
    .default('')
    .transform((text) => text.split(',').flatMap((each) => each.trim() || []))
    .refine((origins) => origins.every(isOrigin), 'origins separated by commas, for example https://app.example.com'),
  /** The time between comments that keep a silent stream of events alive, in milliseconds. */
  SSE_HEARTBEAT_MS: z
    .string()
    .regex(/^[1-9]\d{0,8}$/, 'a number of milliseconds, at least 1')
    .default('15000')
    .transform(Number),
  DRAIN_TIMEOUT_MS: BASE_CONFIG.shape.DRAIN_TIMEOUT_MS,
  LOG_CALLS_PER_SECOND: BASE_CONFIG.shape.LOG_CALLS_PER_SECOND,
});

/** {@link SETTINGS} as read. */
export type GatewaySettings = z.infer<typeof SETTINGS>;

/** The form that browsers send: scheme, host, and a port that is not the scheme's default. */
function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
