import { type Command, Option } from 'commander';
import { SORT_KEYS } from '../../metrics-view/traffic';
import type { Project } from '../build/project';
import { top, type TopOptions } from './top';

const NOTES = `
Errors are failures of the server: gRPC's UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE and DATA_LOSS,
and HTTP's 5xx. A method without calls shows a dash. The total counts every call on every server, so a request that
passes through several services counts once for each. In a terminal, r, e and l sort the table and q quits.`;

/** Adds `weft top` to the commands. */
export function addTopCommand(program: Command, project: () => Project): void {
  program
    .command('top')
    .description('show the calls per second, errors and latency of every method')
    .option('--service <name>', 'only the methods of this service')
    .addOption(new Option('--sort <by>', 'how to sort the methods').choices(SORT_KEYS).default('rate'))
    .option('--interval <duration>', 'how often to refresh', '1s')
    .option('--window <duration>', 'count the calls of this period (default: 10s, or 1m with --prometheus)')
    .option('--once', 'print one table and exit; with npm start it first counts calls for one window')
    .addOption(new Option('-o, --output <format>', 'print for programs, one line per refresh').choices(['json']))
    .option('--prometheus <url>', 'query this Prometheus instead of the platform that npm start runs')
    .addHelpText('after', NOTES)
    .action((options: Omit<TopOptions, 'json'> & { output?: string }) =>
      top(project, { ...options, json: options.output === 'json' }),
    );
}
