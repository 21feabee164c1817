import { create, type DescMessage, type Message } from '@bufbuild/protobuf';
import { reflect, type ReflectMessage } from '@bufbuild/protobuf/reflect';
import type { PathValue } from '../../../proto/http/request-path';
import { messageFromJson } from '../../kit/json/json';
import { MAX_FAULTS } from '../../kit/json/json-faults';
import { isObject, type Json } from '../../kit/json/json-numbers';
import { type FieldViolation, invalidRequest, StatusError } from '../../kit/errors/status-error';
import type { Binding } from '../routing/bindings';
import { type HttpBody, isHttpBody } from './http-body';
import { findTarget, ParameterFault, setParameter } from './parameters';

/** The parts of an HTTP request that become a message. */
export interface HttpParts {
  readonly path: readonly PathValue[];
  /** Names and values, decoded, in their order. */
  readonly query: Iterable<readonly [string, string]>;
  /** Undefined for no body. */
  readonly body: Json | HttpBody | undefined;
}

/**
 * Puts a request message together from path, query and body, as google.api.http says.
 *
 * @throws StatusError INVALID_ARGUMENT with a violation for each field and parameter that is wrong, 20 at most
 */
export function requestMessage(binding: Binding, { path, query, body }: HttpParts): Message {
  const { input } = binding.method;
  const violations: FieldViolation[] = [];
  const message = attempt(violations, () => bodyMessage(binding, body)) ?? create(input);
  const request = reflect(input, message);
  setQuery(request, binding, query, violations);
  for (const { fieldPath, value } of path)
    setOne(violations, fieldPath, () => setParameter(request, findTarget(input, fieldPath), [value]));
  if (violations.length > 0) throw invalidRequest(violations.slice(0, MAX_FAULTS));
  return message;
}

function bodyMessage({ method: { input }, body: place, pathFields }: Binding, body: HttpParts['body']): Message {
  if (place === undefined || body === undefined) return create(input);
  if (isHttpBody(body)) return rawMessage(input, place, body);
  if (place !== '*') return messageFromJson(input, { [place]: body });
  if (body !== null && !isObject(body)) throw invalidRequest([{ field: 'body', description: 'must be a JSON object' }]);
  // What the path sets, it sets whatever the body says.
  const names = pathFields.map((fieldPath) => fieldPath.split('.'));
  return messageFromJson(
    input,
    names.reduce((json, each) => without(json, input, each), body ?? {}),
  );
}

function rawMessage(input: DescMessage, place: string, body: HttpBody): Message {
  const request = reflect(input, create(input));
  const field = input.fields.find(({ name }) => name === place);
  const target = field?.message ? reflect(field.message, create(field.message)) : request;
  for (const [name, value] of Object.entries({ content_type: body.contentType, data: body.data })) {
    const part = target.fields.find((each) => each.name === name);
    if (part) target.set(part, value);
  }
  if (field) request.set(field, target);
  return request.message;
}

/** JSON without a field, whichever of its names it is under. */
function without(json: Record<string, Json>, message: DescMessage | undefined, [name, ...rest]: string[]): typeof json {
  const field = message?.fields.find((each) => each.name === name);
  const entries = Object.entries(json).flatMap(([key, value]): [string, Json][] => {
    if (key !== field?.name && key !== field?.jsonName) return [[key, value]];
    if (rest.length === 0) return [];
    return [[key, isObject(value) ? without(value, field.message, rest) : value]];
  });
  return Object.fromEntries(entries);
}

function setQuery(
  request: ReflectMessage,
  binding: Binding,
  query: HttpParts['query'],
  violations: FieldViolation[],
): void {
  // A field has two names, and may come under both.
  const given = new Map<string, { name: string; values: string[]; target: ReturnType<typeof findTarget> }>();
  for (const [name, value] of query)
    setOne(violations, name, () => {
      const target = findTarget(request.desc, name);
      refuseTaken(binding, target.fieldPath);
      const key = JSON.stringify([target.fieldPath, target.key]);
      const known = given.get(key);
      if (known && target.fields.at(-1)?.fieldKind !== 'list') throw new ParameterFault('must be given once');
      if (known) known.values.push(value);
      else given.set(key, { name, values: [value], target });
    });
  for (const { name, values, target } of given.values())
    setOne(violations, name, () => setParameter(request, target, values));
}

/** @throws ParameterFault for a field that another part of the request sets */
function refuseTaken({ pathFields, body }: Binding, fieldPath: string): void {
  if (pathFields.includes(fieldPath)) throw new ParameterFault('is set by the path');
  if (body === '*' || body === fieldPath.split('.', 1)[0]) throw new ParameterFault('is set by the body');
}

function setOne(violations: FieldViolation[], field: string, set: () => void): void {
  if (violations.length >= MAX_FAULTS) return;
  try {
    set();
  } catch (error) {
    if (!(error instanceof ParameterFault)) throw error;
    // A repeated name is reported once.
    if (!violations.some((each) => each.field === field)) violations.push({ field, description: error.message });
  }
}

function attempt<T>(violations: FieldViolation[], work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    const found = error instanceof StatusError ? error.details.violations : undefined;
    if (!found) throw error;
    violations.push(...found);
    return undefined;
  }
}
