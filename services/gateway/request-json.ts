import type { DescField, DescMessage, JsonObject, JsonValue } from '@bufbuild/protobuf';
import { ScalarType } from '@bufbuild/protobuf';
import { invalidArgument, type StatusError } from '../kit/status-error';
import type { Binding } from './bindings';

/** The parts of an HTTP request that become a message. */
export interface HttpParts {
  params: Readonly<Record<string, string>>;
  query: Readonly<Record<string, string | string[]>>;
  body: JsonValue | undefined;
}

type Target = Pick<Binding, 'body' | 'pathFields'>;

/**
 * Puts a request message together from path, query and body, as google.api.http says.
 *
 * @throws StatusError INVALID_ARGUMENT that names the parameter
 */
export function requestJson(descriptor: DescMessage, binding: Target, { params, query, body }: HttpParts): JsonObject {
  const json: JsonObject = {};
  if (binding.body === '*') Object.assign(json, wholeBody(body));
  else if (binding.body !== undefined && body !== undefined) json[binding.body] = body;
  for (const [name, value] of Object.entries(query)) setParameter(json, descriptor, binding, name, value);
  for (const name of binding.pathFields) {
    const field = fieldOf(descriptor, name, name);
    // What the path says counts, however the body spells the field.
    Reflect.deleteProperty(json, field.jsonName);
    json[field.name] = params[name] ?? '';
  }
  return json;
}

function wholeBody(body: JsonValue | undefined): JsonObject {
  if (body === undefined || body === null) return {};
  if (typeof body !== 'object' || Array.isArray(body)) throw invalidArgument({ body: 'must be a JSON object' });
  return body;
}

function setParameter(
  json: JsonObject,
  descriptor: DescMessage,
  binding: Target,
  name: string,
  value: string | string[],
): void {
  const [first = '', ...rest] = name.split('.');
  const field = fieldOf(descriptor, first, name);
  if (binding.pathFields.includes(field.name)) throw invalidArgument({ [name]: 'is set by the path' });
  if (binding.body === '*' || binding.body === field.name) throw invalidArgument({ [name]: 'is set by the body' });
  setField(json, field, rest, name, value);
}

function setField(json: JsonObject, field: DescField, rest: string[], name: string, value: string | string[]): void {
  const key = field.name;
  if (field.fieldKind === 'map') {
    if (rest.length === 0) throw invalidArgument({ [name]: `must be written ${name}.<key>=<value>` });
    json[key] = { ...(json[key] as JsonObject | undefined), [rest.join('.')]: single(name, value) };
  } else if (field.fieldKind === 'message' && rest.length > 0) {
    const [next = '', ...further] = rest;
    const inner = (json[key] ??= {});
    if (typeof inner !== 'object') throw givenTwice(name);
    setField(inner as JsonObject, fieldOf(field.message, next, name), further, name, value);
  } else if (rest.length > 0) {
    throw invalidArgument({ [name]: 'is no parameter of this request' });
  } else if (field.fieldKind === 'list') {
    // A field has two names, and may come under both.
    const before = (json[key] ?? []) as JsonValue[];
    json[key] = [...before, ...[value].flat().map((each) => scalar(field, name, each))];
  } else {
    if (Object.hasOwn(json, key)) throw givenTwice(name);
    json[key] = scalar(field, name, single(name, value));
  }
}

function single(name: string, value: string | string[]): string {
  if (typeof value === 'string') return value;
  throw givenTwice(name);
}

function givenTwice(name: string): StatusError {
  return invalidArgument({ [name]: 'must be given once' });
}

/** JSON takes numbers as text, but truth only as itself. */
function scalar(field: DescField, name: string, value: string): JsonValue {
  if (field.scalar !== ScalarType.BOOL) return value;
  if (value === 'true' || value === 'false') return value === 'true';
  throw invalidArgument({ [name]: 'must be true or false' });
}

function fieldOf(descriptor: DescMessage, name: string, parameter: string): DescField {
  const field = descriptor.fields.find((each) => each.name === name || each.jsonName === name);
  if (!field) throw invalidArgument({ [parameter]: 'is no parameter of this request' });
  return field;
}
