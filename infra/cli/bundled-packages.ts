import type { Plugin } from 'esbuild';

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

/** Bundles those packages, with all that they require, and leaves the others in `node_modules`. */
export const bundledPackages: Plugin = {
  name: 'bundled-packages',
  setup: (build) =>
    build.onResolve({ filter: /^[^./]/ }, ({ path, importer, kind }) => {
      const inside = kind === 'entry-point' || isInPackage(importer) || BUNDLED.has(packageOf(path));
      return inside ? undefined : { path, external: true };
    }),
};

function isInPackage(file: string): boolean {
  return /[\\/]node_modules[\\/]/.test(file);
}

/** `@scope/name` of `@scope/name/sub/path`. */
function packageOf(path: string): string {
  return path
    .split('/')
    .slice(0, path.startsWith('@') ? 2 : 1)
    .join('/');
}
