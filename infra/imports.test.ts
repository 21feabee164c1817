import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';

// The rules in .dependency-cruiser.mjs, held against a project with one bad import for each of them.

const ROOT = join(__dirname, '..');
const DEPCRUISE = join(ROOT, 'node_modules/.bin/depcruise');

/** The file with the bad import, what it imports, and the reason or the rule that is named. */
const REFUSED: [from: string, to: string, because: string][] = [
  ['proto/a.ts', 'services/kit/a.ts', 'contracts know nothing of what uses them'],
  ['services/kit/faults/a.ts', 'services/kit/server/a.ts', 'it stands alone'],
  ['services/kit/declaration/a.ts', 'services/kit/server/a.ts', 'a declaration is pure data'],
  ['services/kit/a.ts', 'services/greeter/service.ts', 'the kit knows no service'],
  ['services/index.ts', 'services/greeter/handlers.ts', 'the list is declarations only'],
  ['services/greeter/service.ts', 'services/greeter/handlers.ts', 'a declaration is pure data'],
  ['services/greeter/a.ts', 'services/payment/handlers.ts', 'a service knows only the declarations of others'],
  ['charts/a.ts', 'services/index.ts', 'charts work for any declaration'],
  ['observability/a.ts', 'services/kit/server/a.ts', 'observability works for any declaration'],
  ['infra/mesh/a.ts', 'infra/local/b.ts', 'it stands alone'],
  ['infra/local/a.ts', 'services/kit/declaration/b.ts', 'what runs comes from the manifests'],
  ['infra/telemetry/a.ts', 'infra/local/b.ts', 'the telemetry store knows OTLP and no service'],
  ['infra/rollout/a.ts', 'infra/local/b.ts', 'it works on any manifests'],
  ['infra/trace-view/a.ts', 'infra/telemetry-query/b.ts', 'views show telemetry from any source'],
  ['infra/telemetry-query/a.ts', 'infra/local/b.ts', 'it asks any Jaeger and Prometheus'],
  ['infra/cli/a.ts', 'charts/b.ts', 'commands are thin'],
  ['infra/other/a.ts', 'infra/other/b.ts', 'every folder has a row'],
  ['infra/xds/a.ts', 'infra/xds/testing/b.ts', 'production code does not import tests'],
  ['infra/verify/a.ts', 'infra/verify/a.ts', 'types included'],
];

let root: string;
let rules: Map<string, string | undefined>;
let violations: { from: string; to: string; rule: { name: string } }[];

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'weft-imports-'));
  for (const [, to] of REFUSED) write(to, 'export interface X {}\n');
  for (const [from, to] of REFUSED)
    write(from, `import type { X } from '${specifier(from, to)}';\nexport type Y = X;\n`);
  write('tsconfig.json', '{}');
  const report = await cruise(root);
  rules = new Map(report.ruleSetUsed.forbidden.map(({ name, comment }) => [name, comment]));
  violations = report.violations;
});

afterAll(() => rmSync(root, { recursive: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

function specifier(from: string, to: string): string {
  const path = relative(dirname(from), to).replace(/\.ts$/, '');
  return path.startsWith('.') ? path : `./${path}`;
}

interface Report {
  violations: typeof violations;
  ruleSetUsed: { forbidden: { name: string; comment?: string }[] };
}

async function cruise(folder: string): Promise<Report> {
  const folders = ['proto', 'services', 'charts', 'observability', 'infra'];
  const args = [...folders, '--output-type', 'json', '--config', join(ROOT, '.dependency-cruiser.mjs')];
  const { stdout } = await promisify(execFile)(DEPCRUISE, args, { cwd: folder, maxBuffer: 64 * 1024 * 1024 });
  return (JSON.parse(stdout) as { summary: Report }).summary;
}

test.each(REFUSED)('%s may not import %s: %s', (from, to, because) => {
  const names = violations.filter((each) => each.from === from && each.to === to).map(({ rule }) => rule.name);
  expect(names.map((name) => `${name}: ${rules.get(name)}`)).toEqual([expect.stringContaining(because)]);
});

test('every rule is tried, and nothing else is refused', () => {
  expect(new Set(violations.map(({ rule }) => rule.name))).toEqual(new Set(rules.keys()));
  expect(violations).toHaveLength(REFUSED.length);
});
