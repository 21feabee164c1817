/** What `weft init` reads of a package.json, and adds to it. */
export interface PackageJson {
  name?: string;
  weft?: unknown;
  scripts?: Record<string, string>;
  devDependencies?: Record<string, string>;
  jest?: unknown;
}

/** The name of a project in the forms that its files need. */
export interface ProjectNames {
  /** A DNS label. */
  namespace: string;
  /** A package of contracts. */
  protoPackage: string;
}

/** @param name of a package: `@acme/shop-api` is `acme-shop-api` and `acme.shop_api` */
export function projectNames(name: string): ProjectNames {
  const parts = name
    .toLowerCase()
    .split('/')
    .map((part) => part.match(/[a-z0-9]+/g) ?? []);
  const words = parts.filter((part) => /^[a-z]/.test(part[0] ?? ''));
  if (words.length === 0) return { namespace: 'app', protoPackage: 'app' };
  return {
    namespace: words.flat().join('-').slice(0, 63).replace(/-$/, ''),
    protoPackage: words.map((part) => part.join('_')).join('.'),
  };
}

const SCRIPTS = { prepare: 'weft generate', start: 'weft start', pretest: 'weft generate', test: 'jest', types: 'tsc' };

const DEV_PACKAGES = ['@swc/core', '@swc/jest', '@types/jest', '@types/node', 'jest', 'typescript'];

const JEST = {
  testTimeout: 30_000,
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } }] },
  modulePathIgnorePatterns: ['<rootDir>/build'],
};

/**
 * A package.json with the section `weft`, and with the scripts and tools that it lacks.
 *
 * @param platform Weft's own, for the versions of tools
 */
export function addToPackage(own: PackageJson, platform: PackageJson, { protoPackage }: ProjectNames): PackageJson {
  const { test, ...scripts } = own.scripts ?? {};
  const hasTest = test !== undefined && !test.includes('no test specified');
  const tools = DEV_PACKAGES.map((name) => [name, platform.devDependencies?.[name] ?? '*']);
  return {
    ...own,
    weft: { protoPackage },
    scripts: { ...SCRIPTS, ...scripts, ...(hasTest && { test }) },
    devDependencies: { ...(Object.fromEntries(tools) as Record<string, string>), ...own.devDependencies },
    ...(hasTest ? {} : { jest: own.jest ?? JEST }),
  };
}

/** The files of a new project, by their paths. */
export function initFiles({ namespace }: ProjectNames): Map<string, string> {
  return new Map([
    ['services/index.ts', INDEX],
    ['services/Dockerfile', dockerfile(namespace)],
    ['environments/local/settings.ts', settings(namespace, 'A laptop: `npm start`.')],
    ['environments/local/releases.yaml', RELEASES],
    [
      'environments/kind/settings.ts',
      settings(namespace, 'A small cluster for trying things out: kind, or any other.'),
    ],
    ['environments/kind/releases.yaml', RELEASES],
    ['tsconfig.json', TSCONFIG],
    ['.gitignore', IGNORED.map((name) => `${name}/\n`).join('')],
    ['.dockerignore', [...IGNORED, '.git'].map((name) => `${name}\n`).join('')],
  ]);
}

const IGNORED = ['node_modules', 'build', 'dist', 'proto/gen', '.weft'];

const INDEX = `/** Every service: one line each, which \`weft new\` writes. */
export const services = [];
`;

const RELEASES = `# The versions that run: a stable one and, while one is on its way, a canary.
default:
  stable: { version: v1, tag: dev }
`;

function settings(namespace: string, what: string): string {
  return `import { secretRef, type SettingsInput } from 'weft-mesh/charts';

/** ${what} */
export const settings: SettingsInput = {
  namespace: '${namespace}',
  registry: 'localhost/${namespace}',
  logLevel: 'info',
  drainDelayMs: 3_000,
  headerRouting: true,
  storage: { mongodb: { namespace: 'mongodb' } },
  secrets: { mongoUri: secretRef('mongodb', 'uri') },
  istio: { cni: false },
  telemetry: {
    sampling: 100,
    tracing: 'traces',
    accessLog: 'logs',
    collector: { namespace: 'telemetry', service: 'collector', ports: [4317, 4318] },
  },
  policy: 'enforce',
};
`;
}

const TSCONFIG = `{
  "compilerOptions": {
    "target": "es2023",
    "lib": ["es2023"],
    "module": "preserve",
    "moduleResolution": "bundler",
    "types": ["node", "jest"],
    "strict": true,
    "skipLibCheck": true,
    "noEmit": true
  },
  "include": ["services", "environments", "proto"]
}
`;

function dockerfile(namespace: string): string {
  return `# One image a service, from the folder of package.json:
#   docker build -f services/Dockerfile --build-arg SERVICE=<name> -t localhost/${namespace}/<name>:dev .
ARG NODE=24-slim

FROM node:\${NODE} AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npx weft build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund
# Packages that only build and deploy services stay behind.
RUN cd node_modules && rm -rf weft-mesh esbuild @esbuild @bufbuild/buf* @bufbuild/protoc* @bufbuild/protoplugin \\
    @grafana cdk8s cdk8s-plus-28 constructs typescript

FROM node:\${NODE}
ARG SERVICE
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /src/node_modules ./node_modules
COPY --from=build /src/build/\${SERVICE}.cjs /src/build/\${SERVICE}.cjs.map \\
    /src/build/telemetry.cjs /src/build/telemetry.cjs.map ./
USER 1000:1000
`;
}
