import { create, type DescField, type DescMessage } from '@bufbuild/protobuf';
import { reflect, type ReflectMap, type ReflectMessage } from '@bufbuild/protobuf/reflect';
import { isTextual } from '../../../proto/http/textual';
import { besideAnother, describeType, shorten } from '../../kit/json/json-faults';
import { parseValue, type ValueType } from './parameter-values';

/** What a parameter sets: a field, which may be inside others, or an entry of a map. */
export interface ParameterTarget {
  /** From the request down. */
  readonly fields: readonly DescField[];
  /** Of the entry, where the last field is a map. */
  readonly key: string | undefined;
  /** In the contract's names, for example `book.name`; without the key. */
  readonly fieldPath: string;
}

/** Thrown for an invalid parameter. The message continues after the parameter's name. */
export class ParameterFault extends Error {}

/**
 * Finds what a parameter sets. Names are those of the contract or those in JSON: `book.author_name`, `book.authorName`;
 * an entry of a map is `labels.<key>` or `labels[<key>]`.
 *
 * @throws ParameterFault
 */
export function findTarget(input: DescMessage, name: string): ParameterTarget {
  const [, base, key] = /^([^[]+)\[(.*)\]$/s.exec(name) ?? [];
  const bracketed = base === undefined ? undefined : follow(input, base.split('.'));
  if (bracketed && key !== undefined && isWholeMap(bracketed)) return { ...bracketed, key };
  const target = follow(input, name.split('.'));
  if (!target) throw new ParameterFault('is not a parameter of this request');
  if (isWholeMap(target)) throw new ParameterFault(`must be written ${name}.<key>=<value>`);
  return target;
}

function isWholeMap({ fields, key }: ParameterTarget): boolean {
  return fields.at(-1)?.fieldKind === 'map' && key === undefined;
}

function follow(input: DescMessage, names: readonly string[]): ParameterTarget | undefined {
  const fields: DescField[] = [];
  let message: DescMessage | undefined = input;
  for (const [index, name] of names.entries()) {
    const field: DescField | undefined = message?.fields.find((each) => each.name === name || each.jsonName === name);
    if (!field) return undefined;
    fields.push(field);
    const rest = names.slice(index + 1);
    if (field.fieldKind === 'map') return targetOf(fields, rest.length > 0 ? rest.join('.') : undefined);
    message = field.fieldKind === 'message' ? field.message : undefined;
  }
  return targetOf(fields, undefined);
}

function targetOf(fields: readonly DescField[], key: string | undefined): ParameterTarget {
  return { fields, key, fieldPath: fields.map(({ name }) => name).join('.') };
}

/**
 * Sets a field of a request, and those around it.
 *
 * @param values several only for a list
 * @throws ParameterFault
 */
export function setParameter(request: ReflectMessage, target: ParameterTarget, values: readonly string[]): void {
  const field = target.fields.at(-1) as DescField;
  const parent = target.fields.slice(0, -1).reduce(enter, request);
  refuseSecondOfOneof(parent, field);
  if (field.fieldKind === 'list') {
    const list = parent.get(field);
    for (const value of values) attempt(field, value, (parsed) => list.add(parsed));
    return;
  }
  const [value = ''] = values;
  if (field.fieldKind === 'map') setEntry(parent.get(field), field, target.key ?? '', value);
  else attempt(field, value, (parsed) => parent.set(field, parsed));
}

/** The message in a field, which becomes set. */
function enter(parent: ReflectMessage, field: DescField): ReflectMessage {
  refuseSecondOfOneof(parent, field);
  const message = field.message as DescMessage;
  if (!parent.isSet(field)) parent.set(field, reflect(message, create(message)));
  return parent.get(field) as ReflectMessage;
}

function refuseSecondOfOneof(parent: ReflectMessage, field: DescField): void {
  const other = field.oneof && parent.oneofCase(field.oneof);
  if (field.oneof && other && other !== field) throw new ParameterFault(besideAnother(field.oneof, other));
}

function setEntry(map: ReflectMap, field: DescField & { fieldKind: 'map' }, key: string, value: string): void {
  const keyType: ValueType = { scalar: field.mapKey, enum: undefined, message: undefined };
  const parsedKey = parseValue(keyType, key);
  if (parsedKey === undefined) throw new ParameterFault(`has a key that must be ${describeType(keyType)}`);
  attempt(field, value, (parsed) => map.set(parsedKey, parsed));
}

/** @param set throws for a number that is out of range */
function attempt(field: DescField, text: string, set: (value: unknown) => void): void {
  if (field.message && !isTextual(field.message)) throw new ParameterFault(notATextual(field));
  const value = parseValue(field, text);
  if (value !== undefined && tries(() => set(value))) return;
  throw new ParameterFault(`must be ${describeType(field)}, not ${JSON.stringify(shorten(text))}`);
}

function tries(work: () => unknown): boolean {
  try {
    // Reflection's lists and maps return an error for a value that does not fit; its messages throw it.
    return !(work() instanceof Error);
  } catch {
    return false;
  }
}

function notATextual({ fieldKind, name }: DescField): string {
  if (fieldKind !== 'message') return 'is not a parameter of this request';
  return `must be given by its fields, as in ${name}.<field>=<value>`;
}
