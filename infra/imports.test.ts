import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { circlesOf, type Import } from './cli/build/circles';

/** Which way imports may point: the first row that fits a file holds for it. */
const RULES: { files: RegExp; may: RegExp[]; because: string }[] = [
  { files: /^proto\//, may: [/^proto\//], because: 'contracts know nothing of what uses them' },
  { files: /^services\/kit\//, may: [/^services\/kit\//, /^proto\//], because: 'the kit knows no service' },
  { files: /^services\/index\.ts$/, may: [/^services\/[^/]+\/service\.ts$/], because: 'the list is declarations only' },
  {
    files: /^services\/([^/]+)\/service\.ts$/,
    may: [/^services\/kit\/spec\.ts$/, /^proto\//, /^services\/[^/]+\/service\.ts$/],
    because: 'a declaration is pure data',
  },
  {
    files: /^services\/([^/]+)\//,
    may: [/^services\/$1\//, /^services\/kit\//, /^proto\//, /^services\/[^/]+\/service\.ts$/],
    because: 'a service knows of others what they declare',
  },
  {
    files: /^charts\/main\.ts$/,
    may: [/^charts\//, /^services\/index\.ts$/],
    because: 'the app alone knows which services there are',
  },
  {
    files: /^charts\/testing\//,
    may: [/^charts\//, /^services\/kit\/spec\.ts$/, /^infra\/mesh\//, /^proto\/gen\//],
    because: 'tests of charts declare services of their own',
  },
  {
    files: /^charts\//,
    may: [/^charts\//, /^services\/kit\/spec\.ts$/, /^infra\/mesh\//, /^observability\//],
    because: 'charts work for any declaration',
  },
  {
    files: /^observability\/testing\//,
    may: [/^observability\//, /^services\/kit\/(spec|telemetry\/names)\.ts$/, /^proto\/gen\//],
    because: 'tests of observability declare services of their own',
  },
  {
    files: /^observability\//,
    may: [
      /^observability\//,
      /^services\/kit\/(spec|telemetry\/(names|duration-bounds))\.ts$/,
      /^proto\/http\//,
      /^infra\/mesh\//,
    ],
    because: 'observability works for any declaration',
  },
  { files: /^infra\/mesh\//, may: [/^infra\/mesh\//], because: 'the mesh model is pure' },
  {
    files: /^infra\/local\//,
    may: [/^infra\/local\//, /^infra\/mesh\//, /^infra\/xds\//],
    because: 'what runs comes from the manifests',
  },
  {
    files: /^infra\/telemetry\//,
    may: [/^infra\/(telemetry|mesh)\//, /^proto\//, /^services\/kit\/telemetry\/names\.ts$/],
    because: 'the store knows OTLP and no service',
  },
  {
    files: /^infra\/(verify|xds|rollout|cluster)\//,
    may: [/^infra\/$1\//, /^infra\/mesh\//],
    because: 'they work on anybody’s manifests',
  },
  {
    files: /^infra\/terminal\//,
    may: [/^infra\/terminal\//],
    because: 'texts for terminals know nothing of their content',
  },
  {
    files: /^infra\/(trace-view|metrics-view)\//,
    may: [/^infra\/$1\//, /^infra\/terminal\//, /^services\/kit\/telemetry\/names\.ts$/],
    because: 'views show anybody’s telemetry',
  },
  {
    files: /^infra\/telemetry-query\//,
    may: [/^infra\/(telemetry-query|trace-view|metrics-view)\//],
    because: 'it asks anybody’s Jaeger and Prometheus',
  },
  {
    files: /^infra\/cli\//,
    may: [/^infra\//, /^proto\//, /^services\/kit\//, /^observability\//],
    because: 'commands are thin, and synth is one export away',
  },
];

const ROOT = join(__dirname, '..');
const FOLDERS = ['proto', 'services', 'charts', 'observability', 'infra'];

function sourceFiles(root: string): string[] {
  return FOLDERS.filter((folder) => existsSync(join(root, folder))).flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
      .filter((name) => name.endsWith('.ts') && !/\.(test|bench)\.ts$|^proto\/gen\//.test(name)),
  );
}

/** Imports of files of the project, types included; packages are left out. */
function importsOf(root: string, from: string): Import[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(root, from), 'utf8'), true, true);
  return importedFiles
    .filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => ({ from, to: resolve(root, from, fileName) }));
}

function resolve(root: string, from: string, name: string): string {
  const base = relative(root, join(root, dirname(from), name)).replaceAll('\\', '/');
  const candidates = [`${base}.ts`, `${base}/index.ts`, base];
  return candidates.find((each) => existsSync(join(root, each)) && each.endsWith('.ts')) ?? `${base}.ts`;
}

function faultOf({ from, to }: Import): string | undefined {
  const rule = RULES.find(({ files }) => files.test(from));
  if (!rule) return `${from} lies in a folder that has no rule`;
  const captured = rule.files.exec(from)?.[1] ?? '';
  const allowed = rule.may.some((pattern) => new RegExp(pattern.source.replace('$1', captured)).test(to));
  return allowed ? undefined : `${from} imports ${to}: ${rule.because}`;
}

function faultsOf(root: string): string[] {
  return sourceFiles(root)
    .flatMap((file) => importsOf(root, file))
    .flatMap((each) => faultOf(each) ?? []);
}

describe('imports', () => {
  test('point where the table says', () => {
    expect(sourceFiles(ROOT).length).toBeGreaterThan(50);
    expect(faultsOf(ROOT)).toEqual([]);
  });

  test('of declarations go round in no circle', () => {
    const declarations = sourceFiles(ROOT).filter((file) => /^services\/[^/]+\/service\.ts$/.test(file));
    const imports = declarations.flatMap((file) => importsOf(ROOT, file)).filter(({ to }) => declarations.includes(to));
    expect(imports).not.toEqual([]);
    expect(circlesOf(imports)).toEqual([]);
  });
});

describe('the table', () => {
  test.each([
    ['services/kit/a.ts', '../greeter/service', 'the kit knows no service'],
    ['services/greeter/a.ts', '../user-info/store', 'a service knows of others what they declare'],
    ['services/greeter/service.ts', './handlers', 'a declaration is pure data'],
    ['charts/a.ts', '../services', 'charts work for any declaration'],
    ['infra/local/a.ts', '../../services/kit/spec', 'what runs comes from the manifests'],
    ['infra/mesh/a.ts', '../local/plan', 'the mesh model is pure'],
    ['infra/terminal/a.ts', '../trace-view/span', 'texts for terminals know nothing of their content'],
    ['infra/trace-view/a.ts', '../telemetry-query/jaeger', 'views show anybody’s telemetry'],
    ['infra/telemetry-query/a.ts', '../local/run-file', 'it asks anybody’s Jaeger and Prometheus'],
    ['infra/telemetry/a.ts', '../local/plan', 'the store knows OTLP and no service'],
    ['infra/cli/a.ts', '../../charts/synth', 'commands are thin'],
    ['observability/a.ts', '../services/kit/server', 'observability works for any declaration'],
    ['infra/other/a.ts', '../cli/main', 'has no rule'],
  ])('refuses %s that imports %s', (file, name, because) => {
    const root = mkdtempSync(join(tmpdir(), 'weft-imports-'));
    try {
      mkdirSync(join(root, dirname(file)), { recursive: true });
      writeFileSync(join(root, file), `import type { X } from '${name}';\nexport type Y = X;\n`);
      expect(faultsOf(root)).toEqual([expect.stringContaining(because)]);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
