import { invalidArgument } from './status-error';

/** What is wrong with a value, as the end of a sentence; nothing where it is right. */
export type Violation = string | undefined;

/**
 * Checks a request's fields and refuses them all at once.
 *
 * @param fields a violation, or none, by the field's name in the contract
 * @throws StatusError INVALID_ARGUMENT with a sentence for each field
 */
export function check(fields: Readonly<Record<string, Violation>>): void {
  const wrong = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined);
  if (wrong.length > 0) throw invalidArgument(Object.fromEntries(wrong));
}

/** For a text that has to be there. @param max its greatest length in characters */
export function text(value: string | undefined, max = 1_000): Violation {
  if (value === undefined || value.trim() === '') return 'must not be empty';
  return value.length > max ? `must be at most ${max} characters long` : undefined;
}

/** For a number within bounds, which are allowed themselves. */
export function between(value: number, min: number, max: number): Violation {
  return value >= min && value <= max ? undefined : `must be from ${min} to ${max}`;
}

/** For a list that has at least one item and not too many. */
export function list(values: readonly unknown[], max: number): Violation {
  return values.length >= 1 && values.length <= max ? undefined : `must have from 1 to ${max} items`;
}
