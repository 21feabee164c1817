import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import pc from 'picocolors';
import { generate } from '../../proto/generate';
import type { Duration } from '../../services/kit/declaration/duration';
import { addressOf } from './call/address';
import { buildProject } from './build/build';
import { call } from './call/call';
import { describeCallError } from '../../services/kit/errors/describe-call-error';
import { init } from './new/init';
import { scaffold } from './new/new';
import { PLATFORM } from './build/platform';
import { findProject } from './build/project';
import { synthesize } from './build/synthesize';
import { split } from './split/split';
import { start } from './start';
import { addTopCommand } from './telemetry/top-command';
import { addTraceCommand } from './telemetry/trace-command';

const here = () => findProject(process.cwd());
const collect = (value: string, all: string[]): string[] => [...all, value];

const program = new Command('weft')
  .description('Declares, runs and deploys TypeScript gRPC services on Kubernetes and Istio.')
  .showHelpAfterError('(weft --help lists the commands)');

program
  .command('start')
  .description('make the manifests for this machine and run every pod as a process')
  .option('--only <names>', 'only these services or Deployments, separated by commas', (value) => value.split(','), [])
  .option('--jaeger', 'keep traces in the jaeger on PATH, or in the one of OTEL_EXPORTER_OTLP_ENDPOINT', false)
  .action((options: { only: string[]; jaeger: boolean }) => start(here(), options));

program
  .command('synth')
  .description('write the Kubernetes manifests of all services for a cluster')
  .option('-o, --output <folder>', 'where the manifests go', process.env['CDK8S_OUTDIR'] ?? 'dist')
  .option('--env <name>', 'a folder of charts/environments; WEFT_ENV names it too', process.env['WEFT_ENV'] || 'kind')
  .option('--istio <folder>', 'also write what an installation of Istio needs, to this folder')
  .action(async (options: { output: string; env: string; istio?: string }) => {
    const project = here();
    await buildProject(project);
    const istio = options.istio === undefined ? undefined : resolve(project.root, options.istio);
    const folder = resolve(project.root, options.output);
    const files = synthesize(project, { environment: options.env, folder, istio });
    process.stdout.write(`${options.output}: ${files.join(' ')}\n`);
  });

program
  .command('build')
  .description('bundle every service into build/, which is /app in an image')
  .action(() => buildProject(here()));

program
  .command('generate')
  .description('make proto/gen from the .proto files')
  .action(async () => {
    await generate(here().root, PLATFORM);
  });

program
  .command('call <service> <method> [json...]')
  .description(
    'call a method of a running service, such as SayHello, Greeter/SayHello or weft.greeter.v1.Greeter.SayHello, ' +
      'with one JSON text per message; - reads messages from standard input, one per line',
  )
  .option('-H, --header <header>', "metadata to send, 'name: value'", collect, [])
  .option('--address <host:port>', 'the address of the service, if npm start does not run it')
  .option('--timeout <duration>', 'how long to wait, for example 2s')
  .action(
    (
      service: string,
      method: string,
      json: string[],
      options: { header: string[]; address?: string; timeout?: Duration },
    ) =>
      call({
        target: addressOf(here, service, options.address),
        method,
        messages: json,
        headers: options.header,
        timeout: options.timeout,
      }),
  );

program
  .command('init')
  .description('make the folder of a package.json a Weft project')
  .action(() => {
    const files = init(process.cwd());
    process.stdout.write(`${files.map((file) => `wrote ${file}`).join('\n')}\nnpm install, then npx weft new <name>\n`);
  });

program
  .command('new <name>')
  .description('write a new service: its contract, its folder, its line in services/index.ts')
  .action(async (name: string) => {
    const project = here();
    const files = scaffold(project, name);
    await generate(project.root, PLATFORM);
    process.stdout.write(`${files.map((file) => `wrote ${file}`).join('\n')}\nnpm start runs it\n`);
  });

program
  .command('split <service> [weights...]')
  .description(
    'split the calls of a service on this machine among its versions (v1=80 v2=20); without weights, show the split',
  )
  .option('--remove', 'remove the split on this machine', false)
  .addOption(
    new Option('-o, --output <format>', 'print the split for a cluster instead, from the manifests in dist/').choices([
      'yaml',
    ]),
  )
  .action((service: string, weights: string[], { remove, output }: { remove: boolean; output?: string }) => {
    process.stdout.write(split(here(), { service, weights, remove, yaml: output === 'yaml' }));
  });

addTraceCommand(program, here);
addTopCommand(program, here);

// The reader of the output may leave early: `weft call … | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

program.parseAsync().catch((error: Error) => {
  process.stderr.write(`${pc.red('weft:')} ${describeCallError(error)}\n`);
  process.exit(1);
});
