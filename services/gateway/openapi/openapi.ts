import type { JsonObject } from '@bufbuild/protobuf';
import type { Comments } from '../../../proto/comments';
import { createMessageSchemas } from './message-schemas';
import { COMPONENTS, PROBLEM } from './openapi-components';
import { operationOf } from './openapi-operations';
import type { DescribedRoute } from './openapi-parameters';
import { openApiPath } from './openapi-path';

/**
 * Describes all routes, from the contracts alone.
 *
 * @param comments of the contracts, which descriptors at run time do not have
 * @see https://spec.openapis.org/oas/v3.1.1.html
 */
export function createOpenApi(routes: readonly DescribedRoute[], comments: Comments): JsonObject {
  const schemas = createMessageSchemas(comments);
  const paths: Record<string, JsonObject> = {};
  const ids = new Set<string>();
  // What is for every verb gives way to what is for one.
  const ordered = [...routes].sort((one, other) => Number(one.verb === '*') - Number(other.verb === '*'));
  for (const route of ordered)
    for (const verb of verbsOf(route)) {
      const item = (paths[openApiPath(route.template.text).path] ??= {});
      item[verb] ??= operationOf(route, freeId(route, ids), schemas, comments);
    }
  return {
    openapi: '3.1.1',
    info: { title: 'Weft', version: '1', description: DESCRIPTION },
    servers: [{ url: '/' }],
    security: [{}, { token: [] }, { user: [] }],
    tags: [...new Set(routes.map(({ method }) => method.parent.typeName))].map((name) => tagOf(name, comments)),
    paths,
    components: { ...COMPONENTS, schemas: { ...schemas.all(), Problem: PROBLEM } },
  };
}

const VERBS = ['get', 'put', 'post', 'delete', 'patch'];

/** OpenAPI knows a few verbs and none that stands for all; others are extensions, which readers pass over. */
function verbsOf({ verb }: DescribedRoute): string[] {
  if (verb === '*') return VERBS;
  const key = verb.toLowerCase();
  return [[...VERBS, 'head', 'options', 'trace'].includes(key) ? key : `x-${key}`];
}

function tagOf(name: string, comments: Comments): JsonObject {
  const description = comments[name];
  return { name, ...(description === undefined ? {} : { description }) };
}

/** The same method may have several routes. */
function freeId({ method: { parent, localName } }: DescribedRoute, taken: Set<string>): string {
  const plain = `${parent.name}_${localName}`;
  let id = plain;
  for (let count = 2; taken.has(id); count += 1) id = `${plain}_${count}`;
  taken.add(id);
  return id;
}

const DESCRIPTION =
  'HTTP/JSON in front of gRPC. Messages are in the JSON of Protocol Buffers: `null` means that a field is absent, ' +
  '64-bit integers are strings, and fields may also have the names of the contract. ' +
  'Failures are problems (RFC 9457) in a language of Accept-Language.';
