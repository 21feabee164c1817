import { type Command, Option } from 'commander';
import { SORT_KEYS } from '../../metrics-view/traffic';
import type { Project } from '../build/project';
import { top, type TopOptions } from './top';

const NOTES = `
An error is a call that failed on the server's side: UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE or
DATA_LOSS of gRPC, 5xx of HTTP. A - stands where there were no calls. The total has every call on every server, so a
request that goes from one service to the next counts at each. In a terminal the keys r, e and l sort, q ends it.`;

/** Adds `weft top` to the commands. */
export function addTopCommand(program: Command, project: () => Project): void {
  program
    .command('top')
    .description('show the calls a second of every method, how many fail, and how long they take')
    .option('--service <name>', 'only the methods of this service')
    .addOption(new Option('--sort <by>', 'what comes first').choices(SORT_KEYS).default('rate'))
    .option('--interval <duration>', 'how often to look', '1s')
    .option('--window <duration>', 'count the calls of so long; 10s, or 1m with --prometheus')
    .option('--once', 'print one table and end; on a laptop it counts calls for the window first')
    .addOption(new Option('-o, --output <format>', 'print it for programs, a line each time').choices(['json']))
    .option('--prometheus <url>', 'ask this Prometheus instead of the platform that npm start runs')
    .addHelpText('after', NOTES)
    .action((options: Omit<TopOptions, 'json'> & { output?: string }) =>
      top(project, { ...options, json: options.output === 'json' }),
    );
}
