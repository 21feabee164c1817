import type { DescField, DescMessage, DescMethod } from '@bufbuild/protobuf';
import { isTextual } from './textual';
import type { PathTemplate } from './path-template';

/** Checks that a method can have a rule. */
export function methodFaults({ methodKind }: DescMethod): string[] {
  if (methodKind !== 'bidi_streaming') return [];
  return ['a method with streams in both directions cannot be served over HTTP; remove its rule'];
}

/** Checks the fields that a path sets. */
export function pathFaults({ input }: DescMethod, { variables }: PathTemplate): string[] {
  const names = variables.map(({ fieldPath }) => fieldPath);
  const repeated = new Set(names.filter((name, index) => names.indexOf(name) < index));
  return [
    ...[...new Set(names)].flatMap((name) => pathFieldFaults(input, name)),
    ...[...repeated].map((name) => `the path sets ${name} more than once`),
    ...oneofFaults(input, [...new Set(names)]),
  ];
}

function pathFieldFaults(input: DescMessage, path: string): string[] {
  const { field, fault } = findField(input, path);
  if (!field) return [fault];
  if (field.fieldKind === 'list' || field.fieldKind === 'map')
    return [`the path sets ${path}, which is a ${field.fieldKind}; a path can only set single values`];
  if (field.fieldKind === 'message' && !isTextual(field.message))
    return [`the path sets ${path}, which is a message; set its fields instead, as in {${path}.<field>}`];
  return [];
}

/** Follows a path of fields such as `book.name`; `fault` says why there is no field. */
function findField(input: DescMessage, path: string): { field: DescField | undefined; fault: string } {
  let message: DescMessage | undefined = input;
  let field: DescField | undefined;
  for (const name of path.split('.')) {
    if (!message) return { field: undefined, fault: `the path sets ${path}, but ${field?.name} has no fields` };
    const { typeName, fields }: DescMessage = message;
    field = fields.find((each) => each.name === name);
    if (!field) return { field, fault: `the path sets ${path}, but ${missing(typeName, name, fields)}` };
    message = field.fieldKind === 'message' ? field.message : undefined;
  }
  return { field, fault: '' };
}

/** Finds two fields of one oneof, for which every request would fail. */
function oneofFaults(input: DescMessage, paths: string[]): string[] {
  const members = new Map<string, string>();
  return paths.flatMap((path) => {
    const oneof = findField(input, path).field?.oneof;
    if (!oneof) return [];
    const key = `${path.split('.').slice(0, -1).join('.')}.${oneof.name}`;
    const other = members.get(key);
    members.set(key, path);
    return other === undefined
      ? []
      : [`the path sets ${other} and ${path}, but the oneof ${oneof.name} allows only one`];
  });
}

/** A rule, as far as its body is concerned. */
interface BodyRule {
  readonly verb: string;
  readonly template: PathTemplate;
  readonly body: string;
}

/** Checks the body of a request. */
export function bodyFaults({ input, methodKind }: DescMethod, { verb, template, body }: BodyRule): string[] {
  if (body === '')
    return methodKind === 'client_streaming' ? ['a stream of requests needs a body; write body: "*"'] : [];
  if (verb === 'GET' || verb === 'HEAD') return [`${verb} cannot have a body; leave it out, or use post`];
  if (body === '*') return [];
  if (!input.fields.some(({ name }) => name === body))
    return [`the body is ${body}, but ${missing(input.typeName, body, input.fields)}`];
  if (template.variables.some(({ fieldPath }) => fieldPath === body)) return [`both the path and the body set ${body}`];
  return [];
}

/** Checks the field that is sent instead of the whole reply. */
export function responseBodyFaults({ output }: DescMethod, responseBody: string): string[] {
  if (responseBody === '' || output.fields.some(({ name }) => name === responseBody)) return [];
  return [`response_body is ${responseBody}, but ${missing(output.typeName, responseBody, output.fields)}`];
}

function missing(typeName: string, name: string, fields: readonly DescField[]): string {
  const names = fields.map((field) => field.name);
  const others = names.length > 0 ? `has ${names.slice(0, 10).join(', ')}` : 'has no fields';
  return `${typeName} has no field ${name}: it ${others}`;
}
