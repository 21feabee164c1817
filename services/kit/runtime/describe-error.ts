import { loggedError } from '../logging/log-error';

/**
 * Describes an error for the terminal. A plain Error has a message for people; any other is unexpected, so its stack
 * helps more. Messages of the database quote documents.
 */
export function describeError(error: unknown): string {
  const { type, code, message, stack } = loggedError(error);
  if (!type.startsWith('Mongo')) return (type === 'Error' ? undefined : stack) ?? message ?? type;
  const { codeName = '' } = error as { codeName?: string };
  return `MongoDB refused a command (${[type, code as number, codeName].filter(Boolean).join(' ')})\n${stack}`;
}
