import pino, { type Logger, type LoggerOptions } from 'pino';
import { loggedError } from './log-error';

/**
 * Creates the log of a service: lines of JSON on standard output, or readable lines on a terminal.
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
  // Loaded only for people: a machine never reads a terminal.
  const { default: pretty } = await import('pino-pretty');
  return pino(options, pretty({ ignore: 'pid,hostname', translateTime: 'HH:MM:ss.l', singleLine: true, sync: true }));
}
