import type { DescFile, DescMessage, Message } from '@bufbuild/protobuf';
import { pathToString } from '@bufbuild/protobuf/reflect';
import type { Validator } from '@bufbuild/protovalidate';
import { registryOf } from '../../../proto/definition';
import type * as protovalidate from './protovalidate';
import type { FieldViolation } from '../errors/status-error';

/** Finds every rule of the contract that a message breaks. */
export type Validate = (message: Message) => FieldViolation[];

/** The number of Protovalidate's extensions: of messages, of oneofs and of fields. */
const RULES = 1159;

/**
 * Creates a validator from the rules that a contract states with Protovalidate's options. Protovalidate is loaded, and
 * the rules are compiled, with the first message: loading takes half as long as a small service's whole start.
 *
 * @returns undefined if neither the message nor one inside it has rules; the validator throws an Error for a wrong rule,
 *   such as a pattern that cannot be parsed
 * @see https://protovalidate.com/schemas/standard-rules/
 */
export function createValidate(descriptor: DescMessage): Validate | undefined {
  if (!hasRules(descriptor)) return undefined;
  return (message) => violationsOf(validatorOf(descriptor.file), descriptor, message);
}

/** One for all messages of a file, since each validator compiles all standard rules again. */
const validators = new WeakMap<DescFile, Validator>();

function validatorOf(file: DescFile): Validator {
  const known = validators.get(file);
  if (known) return known;
  // Not `import()`, which would make every request wait for a promise.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { createValidator } = require('./protovalidate') as typeof protovalidate;
  // The registry has the contract's own predefined rules.
  const validator = createValidator({ registry: registryOf(file) });
  validators.set(file, validator);
  return validator;
}

function violationsOf(validator: Validator, descriptor: DescMessage, message: Message): FieldViolation[] {
  const result = validator.validate(descriptor, message);
  if (result.kind === 'error') throw wrongRule(descriptor, result.error);
  if (result.kind === 'valid') return [];
  return result.violations.map(({ field, message: text }) => ({
    field: pathToString(field) || 'request',
    description: rephrase(text),
  }));
}

function wrongRule({ typeName }: DescMessage, cause: Error): Error {
  return new Error(`the rules of ${typeName}: ${cause.message}`, { cause });
}

/** The pattern of contracts for a text that is not blank. `\\S` would accept blanks of other scripts. */
export const NOT_BLANK = '[^\\s\\p{Z}]';

/** Rewrites some of the library's messages in plain words. */
function rephrase(text: string): string {
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
