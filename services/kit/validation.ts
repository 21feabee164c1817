import { create, type DescMessage, fromBinary, type Message } from '@bufbuild/protobuf';
import { pathToString } from '@bufbuild/protobuf/reflect';
import type { Validator } from '@bufbuild/protovalidate';
import { type FieldViolation, malformedRequest } from './status-error';

/** Everything that is wrong with a message, given in bytes, by the rules in its contract; throws for what is no message. */
export type Validate = (bytes: Uint8Array) => FieldViolation[];

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
  // Loaded only by services whose contracts have rules: it is a third of a small service's start.
  const { createValidator } = await import('@bufbuild/protovalidate');
  const validator = createValidator();
  // Rules are compiled when first used; better now than at the first call.
  violationsOf(validator, descriptor, create(descriptor));
  return (bytes) => violationsOf(validator, descriptor, parse(descriptor, bytes));
}

/** Stricter than proto-loader, which passes over a text that is no UTF-8, for example. */
function parse(descriptor: DescMessage, bytes: Uint8Array): Message {
  try {
    return fromBinary(descriptor, bytes);
  } catch (error) {
    throw malformedRequest(error);
  }
}

function violationsOf(validator: Validator, descriptor: DescMessage, message: Message): FieldViolation[] {
  const result = validator.validate(descriptor, message);
  if (result.kind === 'error') throw new Error(`the rules of ${descriptor.typeName}: ${result.error.message}`);
  if (result.kind === 'valid') return [];
  return result.violations.map(({ field, message: text }) => ({ field: pathToString(field), description: plain(text) }));
}

/** Two of the library's sentences, for people; `pattern: "\\S"` is how a contract says that a text may not be blank. */
function plain(text: string): string {
  return text === 'value is required' || text === 'does not match regex pattern `\\S`' ? 'must not be empty' : text;
}

function hasRules(descriptor: DescMessage, seen = new Set<string>()): boolean {
  if (seen.has(descriptor.typeName)) return false;
  seen.add(descriptor.typeName);
  const rule = [descriptor, ...descriptor.oneofs, ...descriptor.fields].some(({ proto: { options } }) =>
    options?.$unknown?.some(({ no }) => no === RULES),
  );
  return rule || descriptor.fields.some(({ message }) => message && hasRules(message, seen));
}
