import { create, type DescFile, type DescMessage, type Message } from '@bufbuild/protobuf';
import { pathToString } from '@bufbuild/protobuf/reflect';
import type { Validator } from '@bufbuild/protovalidate';
import { registryOf } from '../../proto/definition';
import type { FieldViolation } from './status-error';

/** Everything that is wrong with a message by the rules in its contract. */
export type Validate = (message: Message) => FieldViolation[];

/** The number of every extension of Protovalidate: of messages, of oneofs and of fields. */
const RULES = 1159;

/**
 * The rules that a contract states about a message with Protovalidate's options.
 *
 * @returns none where neither the message nor one inside it has a rule
 * @throws Error when a rule makes no sense, such as a pattern that is none
 * @see https://protovalidate.com/schemas/standard-rules/
 */
export async function createValidate(descriptor: DescMessage): Promise<Validate | undefined> {
  if (!hasRules(descriptor)) return undefined;
  const validator = await validatorOf(descriptor.file);
  // Rules are compiled when first used; better now than at the first call. One that fails on an empty message would
  // make a fault of ours of what any caller may send.
  violationsOf(validator, descriptor, create(descriptor));
  return (message) => violationsOf(validator, descriptor, message);
}

/** One for all messages of a file: each compiles all rules there are about strings, numbers and so on for itself. */
const validators = new WeakMap<DescFile, Validator>();

async function validatorOf(file: DescFile): Promise<Validator> {
  // Loaded only by services whose contracts have rules: it is a third of a small service's start.
  const { createValidator } = await import('./protovalidate');
  // Rules may be of a contract's own making, which the registry has.
  const validator = validators.get(file) ?? createValidator({ registry: registryOf(file) });
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
