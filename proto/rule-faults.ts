import {
  create,
  type DescField,
  type DescMessage,
  type DescOneof,
  type FileRegistry,
  type Message,
} from '@bufbuild/protobuf';
import { createValidator, type Validator } from '@bufbuild/protovalidate';
import { samplesOf } from './field-samples';
import { lineOf, placeOf } from './source-place';

/** The number of every extension of Protovalidate, and field numbers of descriptors on the way to one. */
const [RULES, MESSAGES, NESTED, FIELDS] = [1159, 4, 3, 2];
const [MESSAGE_OPTIONS, FIELD_OPTIONS] = [7, 8];

/**
 * Compiles the Protovalidate rules of contracts and finds invalid ones: a pattern that cannot be parsed, CEL that does
 * not compile, rules for numbers on a string. One line each, with file and line.
 *
 * @param registry all descriptors, with source info
 * @param files the .proto files below `proto/`, relative to it
 * @see https://protovalidate.com/schemas/standard-rules/
 */
export function ruleFaults(registry: FileRegistry, files: readonly string[]): string[] {
  const validator = createValidator({ registry });
  const messages = files.flatMap((name) => registry.getFile(name)?.messages ?? []).flatMap(withNested);
  const known: Known = new Map();
  return innermostFirst(messages)
    .filter(({ file }) => files.includes(`${file.name}.proto`))
    .flatMap((message) => messageFaults(validator, message, known));
}

function withNested(message: DescMessage): DescMessage[] {
  return [message, ...message.nestedMessages.flatMap(withNested)];
}

/** A fault of a message shows up in all messages that contain it, so contained ones come first. */
function innermostFirst(messages: readonly DescMessage[], seen = new Set<DescMessage>()): DescMessage[] {
  return messages.flatMap((message) => {
    if (seen.has(message)) return [];
    seen.add(message);
    return [...innermostFirst(containedIn(message), seen), message];
  });
}

function containedIn({ fields }: DescMessage): DescMessage[] {
  return fields.flatMap(({ message }) => message ?? []);
}

/** The faults of messages, including those of messages that they contain. */
type Known = Map<DescMessage, ReadonlySet<string>>;

/** @param known the faults of earlier messages; those of this one are added */
function messageFaults(validator: Validator, message: DescMessage, known: Known): string[] {
  const within = (fields: readonly DescField[]): string[] =>
    fields.flatMap(({ message: type }) => [...((type && known.get(type)) ?? [])]);
  const ofFields = message.fields.filter(hasRules).flatMap((field) => {
    const faults = compileFaults(validator, alone(field), samplesOf(field), within([field]));
    return faults.map((fault) => ({ fault, line: lineOfField(field), name: `${message.typeName}.${field.name}` }));
  });
  const inside = [...within(message.fields), ...ofFields.map(({ fault }) => fault)];
  const samples = [message, ...message.oneofs].some(hasRules) ? [create(message)] : [];
  const whole = compileFaults(validator, message, samples, inside);
  known.set(message, new Set([...inside, ...whole]));
  const ofMessage = whole.map((fault) => ({ fault, line: lineOfMessage(message), name: message.typeName }));
  return [...ofFields, ...ofMessage].map(
    ({ fault, line, name }) => `${placeOf(`${message.file.name}.proto`, line)}: the rules of ${name}: ${fault}`,
  );
}

/** True where it has rules itself. buf's image is read without knowledge of options. */
function hasRules({ proto: { options } }: DescMessage | DescField | DescOneof): boolean {
  return options?.$unknown?.some(({ no }) => no === RULES) ?? false;
}

/**
 * Rules that do not compile. A rule that fails on a value is at fault only where that is the zero value, the first
 * sample.
 *
 * @param reported faults to leave out
 */
function compileFaults(
  validator: Validator,
  descriptor: DescMessage,
  samples: readonly Message[],
  reported: readonly string[],
): string[] {
  const faults = samples.flatMap((sample, index) => {
    const { error, kind } = validator.validate(descriptor, sample);
    return kind === 'error' && (index === 0 || error.name === 'CompilationError') ? [error.message] : [];
  });
  return [...new Set(faults)].filter((fault) => !reported.includes(fault));
}

/** Its message with this field alone. */
function alone(field: DescField): DescMessage {
  const { parent } = field;
  return { ...parent, fields: [field], oneofs: [], members: [field], proto: { ...parent.proto, options: undefined } };
}

function lineOfField({ parent, proto }: DescField): number | undefined {
  const path = [...pathOf(parent), FIELDS, parent.proto.field.indexOf(proto)];
  return lineOf(parent.file.proto, [...path, FIELD_OPTIONS, RULES]) ?? lineOf(parent.file.proto, path);
}

function lineOfMessage(message: DescMessage): number | undefined {
  const path = pathOf(message);
  return lineOf(message.file.proto, [...path, MESSAGE_OPTIONS, RULES]) ?? lineOf(message.file.proto, path);
}

function pathOf({ parent, file, proto }: DescMessage): number[] {
  if (parent) return [...pathOf(parent), NESTED, parent.proto.nestedType.indexOf(proto)];
  return [MESSAGES, file.proto.messageType.indexOf(proto)];
}
