import pino, { type Logger, type LoggerOptions } from 'pino';
import { loggedError } from './log-error';

/**
 * The log of a service: JSON, a line each, on standard output; on a terminal, lines for people.
 *
 * @param level `silent` for none
 */
export async function createLog(service: string, level: string): Promise<Logger> {
  const options: LoggerOptions = {
    base: { service },
    level,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: loggedError },
  };
  if (!process.stdout.isTTY) return pino(options);
  // A machine never reads a terminal, so only people wait for this to load.
  const { default: pretty } = await import('pino-pretty');
  return pino(options, pretty({ ignore: 'pid,hostname', translateTime: 'HH:MM:ss.l', singleLine: true, sync: true }));
}
