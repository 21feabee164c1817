import type { DescFile, DescMessage, Message } from '@bufbuild/protobuf';
import { pathToString } from '@bufbuild/protobuf/reflect';
import type { Validator } from '@bufbuild/protovalidate';
import { registryOf } from '../../../proto/definition';
import type * as protovalidate from './protovalidate';
import type { FieldViolation } from '../errors/status-error';

/** Everything that is wrong with a message by the rules in its contract. */
export type Validate = (message: Message) => FieldViolation[];

/** The number of every extension of Protovalidate: of messages, of oneofs and of fields. */
const RULES = 1159;

/**
 * The rules that a contract states about a message with Protovalidate's options. They are compiled when a message is
 * first validated: Protovalidate is loaded then, which takes as long as half of a small service's start.
 *
 * @returns none where neither the message nor one inside it has a rule; what it returns throws an Error when a rule
 *   makes no sense, such as a pattern that cannot be parsed
 * @see https://protovalidate.com/schemas/standard-rules/
 */
export function createValidate(descriptor: DescMessage): Validate | undefined {
  if (!hasRules(descriptor)) return undefined;
  return (message) => violationsOf(validatorOf(descriptor.file), descriptor, message);
}

/** One for all messages of a file: each compiles all rules there are about strings, numbers and so on for itself. */
const validators = new WeakMap<DescFile, Validator>();

function validatorOf(file: DescFile): Validator {
  const known = validators.get(file);
  if (known) return known;
  // Not `import()`: the first request would have to wait for a promise, and every one after it for nothing.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { createValidator } = require('./protovalidate') as typeof protovalidate;
  // Rules may be of a contract's own making, which the registry has.
  const validator = createValidator({ registry: registryOf(file) });
  validators.set(file, validator);
  return validator;
}

function violationsOf(validator: Validator, descriptor: DescMessage, message: Message): FieldViolation[] {
  const result = validator.validate(descriptor, message);
  if (result.kind === 'error') throw senseless(descriptor, result.error);
  if (result.kind === 'valid') return [];
  return result.violations.map(({ field, message: text }) => ({
    field: pathToString(field) || 'request',
    description: plain(text),
  }));
}

function senseless({ typeName }: DescMessage, cause: Error): Error {
  return new Error(`the rules of ${typeName}: ${cause.message}`, { cause });
}

/** How a contract says that a text may not be blank; `\\S` would take a blank of other scripts for a character. */
export const NOT_BLANK = '[^\\s\\p{Z}]';

/** Some of the library's sentences, for people. */
function plain(text: string): string {
  if (text === 'value is required' || text === `does not match regex pattern \`${NOT_BLANK}\``)
    return 'must not be empty';
  if (text === 'must not be in list [0]') return 'must not be unspecified';
  return text
    .replace(/^value is empty, which is not a valid /, 'must be a valid ')
    .replace(/\b1 (item\(s\)|characters)$/, (_, unit: string) => (unit === 'characters' ? '1 character' : '1 item'))
    .replace('item(s)', 'items');
}

function hasRules(descriptor: DescMessage, seen = new Set<string>()): boolean {
  if (seen.has(descriptor.typeName)) return false;
  seen.add(descriptor.typeName);
  const rule = [descriptor, ...descriptor.oneofs, ...descriptor.fields].some(({ proto: { options } }) =>
    options?.$unknown?.some(({ no }) => no === RULES),
  );
  return rule || descriptor.fields.some(({ message }) => message && hasRules(message, seen));
}
