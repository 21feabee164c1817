import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Packages that services load at start: a thousand files of theirs would else be found and read, each by itself. All
 * other packages stay outside, with what may not be bundled at all: what OpenTelemetry instruments (grpc-js, mongodb),
 * since it wraps modules as they are required, and what reads files of its own (proto-loader's users, Swagger UI).
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
 * The packages of a project that are not bundled. A list and not a plugin, which esbuild would ask about every import of
 * every package: that took longer than all else it does.
 *
 * @param root has a package.json
 */
export function outsidePackages(root: string): string[] {
  const { dependencies = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  return Object.keys(dependencies).filter((name) => !BUNDLED.has(name));
}
