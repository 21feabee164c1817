/** The name of a service in the forms that code needs. */
export interface ServiceNames {
  /** `order-history` */
  service: string;
  /** `orderHistory` */
  constant: string;
  /** `OrderHistory` */
  type: string;
  /** `order_history` */
  proto: string;
}

// Names that would break the code they are written into: words of the language, names that the templates import or
// declare, folders of Weft, bundles in build/ that are not services, and packages that .proto files refer to.
const RESERVED = new Set(
  (
    'break case catch class const continue debugger default delete do else enum export extends false finally for ' +
    'function if import in instanceof new null return super switch this throw true try typeof var void while with ' +
    'yield let static await async package private protected public interface implements arguments eval undefined ' +
    'calls client constructor defineService expect get handlers jest module reply rootCall run serve services stop ' +
    'test kit charts mongodb telemetry telemetryStore buf google weft'
  ).split(' '),
);

const LINE_WIDTH = 120;

/** @throws Error when a service cannot have this name */
export function namesOf(service: string): ServiceNames {
  if (!/^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$/.test(service) || service.length > 63)
    throw new Error(
      `"${service}" cannot name a service; write lower-case words with dashes, for example order-history`,
    );
  const type = service.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
  const constant = type.charAt(0).toLowerCase() + type.slice(1);
  if (RESERVED.has(constant)) throw new Error(`"${service}" is a reserved word; choose another name`);
  return { service, constant, type, proto: service.replaceAll('-', '_') };
}

/** What the code of a new service depends on beside its name. */
export interface Surroundings {
  /** The package of contracts that its own belongs to: `shop` of `shop.billing.v1`. */
  protoPackage: string;
  /** Where its files import the kit from: `weft-mesh/kit`, or `../kit` in Weft's repository. */
  kit: string;
}

/** The files of a new service, by their paths. */
export function templates(names: ServiceNames, { protoPackage, kit }: Surroundings): Map<string, string> {
  const { service, proto } = names;
  const contractPath = `${protoPackage.replaceAll('.', '/')}/${proto}/v1/${proto}`;
  return new Map([
    [`proto/${contractPath}.proto`, contract(names, protoPackage)],
    [`services/${service}/service.ts`, declaration(names, contractPath, kit)],
    [`services/${service}/handlers.ts`, handlers(names, kit)],
    [`services/${service}/handlers.test.ts`, test(names, kit)],
    [`services/${service}/main.ts`, main(names, kit)],
  ]);
}

/** `services/index.ts` with one more service in it. */
export function addToIndex(index: string, { service, constant }: ServiceNames): string {
  const line = `import { ${constant} } from './${service}/service';\n`;
  const lastImport = [...index.matchAll(/^import .*;\n/gm)].at(-1);
  const at = lastImport ? lastImport.index + lastImport[0].length : 0;
  const rest = index.slice(at);
  const withImport = index.slice(0, at) + line + (rest.startsWith('\n') ? '' : '\n') + rest;
  const withEntry = withImport.replace(
    /(?<=export const services = )\[([^\]]*?),?\s*\];/,
    (_, entries: string) => `${listOf(entries, constant)};`,
  );
  if (withEntry === withImport) throw new Error('services/index.ts has no "export const services = [...]" to add to');
  return withEntry;
}

/** In one line while it fits, as prettier would have it. */
function listOf(entries: string, added: string): string {
  const all = entries.trim() === '' ? added : `${entries}, ${added}`;
  if (!entries.includes('\n') && `export const services = [${all}];`.length <= LINE_WIDTH) return `[${all}]`;
  const lines = entries.includes('\n') ? entries.trim() : entries.split(/,\s*/).join(',\n  ');
  return `[\n  ${lines},\n  ${added},\n]`;
}

function contract({ type, proto, service }: ServiceNames, protoPackage: string): string {
  return `syntax = "proto3";

package ${protoPackage}.${proto}.v1;

import "buf/validate/validate.proto";
import "google/api/annotations.proto";

service ${type}Service {
  // Get${type} returns one ${service}.
  rpc Get${type}(Get${type}Request) returns (Get${type}Response) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (google.api.http) = {get: "/v1/${service}/{id}"};
  }
}

message Get${type}Request {
  // Requests that break a rule of their fields never reach the handler.
  string id = 1 [(buf.validate.field).string = {
    pattern: "[^\\\\s\\\\p{Z}]"
    max_len: 100
  }];
}

message Get${type}Response {
  string id = 1;
}
`;
}

function declaration({ service, constant, type }: ServiceNames, contractPath: string, kit: string): string {
  return `import { ${type}Service } from '../../proto/gen/${contractPath}_pb';
import { defineService } from '${kit}/declaration';

export const ${constant} = defineService({
  name: '${service}',
  serves: ${type}Service,
  examples: [\`npx weft call ${service} Get${type} '{"id":"a"}'\`],
});
`;
}

function handlers({ constant, type }: ServiceNames, kit: string): string {
  return `import type { Handlers } from '${kit}';
import type { ${constant} } from './service';

export function create${type}Handlers(): Handlers<typeof ${constant}> {
  return {
    get${type}({ id }) {
      return { id };
    },
  };
}
`;
}

// Each line is short enough for names of thirty letters, so that prettier changes nothing.
function test({ constant, type }: ServiceNames, kit: string): string {
  return `import { rootCall } from '${kit}';
import { serve } from '${kit}/testing';
import { create${type}Handlers } from './handlers';
import { ${constant} } from './service';

test('answers with the id of the request, and refuses an empty one', async () => {
  const handlers = create${type}Handlers();
  const calls = ${constant}.only('get${type}');
  const { client, stop } = await serve(${constant}, handlers, calls);
  const get = (id: string) => client.get${type}({ id }, rootCall({}));
  try {
    expect(await get('a')).toMatchObject({ id: 'a' });
    await expect(get('')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  } finally {
    await stop();
  }
});
`;
}

function main({ constant, type }: ServiceNames, kit: string): string {
  return `import { run } from '${kit}';
import { create${type}Handlers } from './handlers';
import { ${constant} } from './service';

run(${constant}, create${type}Handlers);
`;
}
