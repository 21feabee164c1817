import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Packages that services load at start: node would otherwise find and read a thousand files one by one. All other
 * packages stay outside. Some must: OpenTelemetry instruments grpc-js and mongodb by wrapping modules as they are
 * required, and others read files that lie beside them (users of proto-loader, Swagger UI).
 */
const BUNDLED = new Set([
  '@bufbuild/protobuf',
  '@bufbuild/protovalidate',
  '@fastify/cors',
  '@grafana/grafana-foundation-sdk',
  '@opentelemetry/api',
  '@opentelemetry/core',
  'fastify',
  'negotiator',
  'pino',
  'zod',
]);

/**
 * The packages that are not bundled: those of Weft and of the project. A list and not a plugin, which esbuild would ask
 * about every import of every package: that took longer than all else it does.
 *
 * @param roots folders with a package.json
 */
export function outsidePackages(...roots: readonly string[]): string[] {
  const names = new Set(roots.flatMap(dependenciesOf));
  // The package itself is bundled: it has the kit.
  return [...names].filter((name) => !BUNDLED.has(name) && name !== 'weft-mesh');
}

function dependenciesOf(root: string): string[] {
  const { dependencies = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  return Object.keys(dependencies);
}
