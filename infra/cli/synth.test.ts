import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { copyProject, type Project } from '../local/testing/npm-start';

const run = promisify(execFile);
let project: Project;

beforeAll(() => {
  project = copyProject();
});

afterAll(() => project.remove());

async function weft(args: string[], env: Record<string, string> = {}): Promise<string> {
  const cwd = project.root;
  const { stdout } = await run('node', ['infra/cli/weft.cjs', ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: '1', WEFT_ENV: '', ...env },
  });
  return stdout;
}

const firstLine = (folder: string): string =>
  readFileSync(join(project.root, folder, 'greeter.yaml'), 'utf8').split('\n')[0] ?? '';

test.each<[string, string[], Record<string, string>, string]>([
  ['for a small cluster, where nothing else is said', [], {}, 'kind'],
  ['for the environment that --env names', ['--env', 'production'], {}, 'production'],
  ['for the one that WEFT_ENV names', [], { WEFT_ENV: 'local' }, 'local'],
  ['for that of --env rather than that of WEFT_ENV', ['--env', 'production'], { WEFT_ENV: 'kind' }, 'production'],
])('manifests are made %s', async (_, args, env, name) => {
  const said = await weft(['synth', '-o', 'out', ...args], env);
  expect(said).toMatch(/^out: 00-platform\.yaml (01-telemetry\.yaml )?gateway\.yaml greeter\.yaml/);
  expect(firstLine('out')).toBe(
    `# Made by Weft from services/greeter/service.ts, the calls of gateway and charts/environments/${name}`,
  );
});

test('what an installation of Istio needs is written as well, where it is asked for', async () => {
  await weft(['synth', '-o', 'out', '--env', 'production', '--istio', 'istio']);
  expect(readdirSync(join(project.root, 'istio')).sort()).toEqual([
    'gateway-values.yaml',
    'istio-operator.yaml',
    'istiod-values.yaml',
  ]);
});

test('an environment that does not exist is answered with those of the project', async () => {
  await expect(weft(['synth', '-o', 'nowhere', '--env', 'prod'])).rejects.toMatchObject({
    stderr:
      'weft: environment "prod" does not exist; choose kind, local, production, ' +
      'or write charts/environments/prod/settings.ts and charts/environments/prod/releases.yaml\n',
  });
});

test.each([
  ['services/index.ts', (text: string) => text.replace('[gateway,', '[gatewy,'), 'gatewy is not defined'],
  ['charts/environments/kind/settings.ts', (text: string) => `${text}throw new Error('boom');\n`, 'boom'],
])('a program that fails is named by its place: %s', async (name, change, message) => {
  const file = join(project.root, name);
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, change(text));
  await expect(weft(['synth', '-o', 'nowhere']).finally(() => writeFileSync(file, text))).rejects.toMatchObject({
    stderr: expect.stringMatching(new RegExp(`^weft: ${name}:\\d+:\\d+: ${message}; npm run types may say more\n$`)),
  });
});

test('faults of declarations, settings and releases are printed in blocks, each with its place and the fix', async () => {
  const changes: [string, (text: string) => string][] = [
    ['services/greeter/service.ts', (text) => text.replace("sayHello: '1s'", "sayHello: '0s'")],
    ['charts/environments/kind/settings.ts', (text) => text.replace("'weft.localhost'", "'weft'")],
    ['charts/environments/kind/releases.yaml', (text) => text.replace('version: v2', 'version: v-2')],
  ];
  const files = changes.map(([name]) => join(project.root, name));
  const texts = files.map((file) => readFileSync(file, 'utf8'));
  changes.forEach(([, change], index) => writeFileSync(files[index] as string, change(texts[index] as string)));
  const restore = () => files.forEach((file, index) => writeFileSync(file, texts[index] as string));
  await expect(weft(['synth', '-o', 'nowhere']).finally(restore)).rejects.toMatchObject({
    stderr:
      'weft: no manifests were written:\n\n' +
      'services/greeter/service.ts  timeouts.sayHello: "0s" leaves no time to answer\n  write at least 1ms\n\n' +
      'charts/environments/kind/settings.ts  hosts.gateway.0: "weft" is not the name of a host\n' +
      '  write for example api.example.com\n\n' +
      'charts/environments/kind/releases.yaml:8  services.payment.canary.version: "v-2" is not a version\n' +
      '  write a letter and up to 19 letters or digits, for example v1\n',
  });
});

test('declarations that import each other are named, and how to mend it', async () => {
  const file = join(project.root, 'services/greeter/service.ts');
  const text = readFileSync(file, 'utf8');
  const circular = text.replace("name: 'greeter',", "name: 'greeter',\n  allowedCallers: [gateway.name],");
  writeFileSync(file, `import { gateway } from '../gateway/service';\n${circular}`);
  await expect(weft(['synth', '-o', 'nowhere']).finally(() => writeFileSync(file, text))).rejects.toMatchObject({
    stderr:
      'weft: declarations import each other in a circle:\n' +
      '  services/gateway/service.ts -> services/greeter/service.ts -> services/gateway/service.ts\n' +
      'Calls go one way: move what both need into a service of its own, or send events (publishes, subscribes).\n',
  });
});
