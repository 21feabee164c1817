import { type Command, Option } from 'commander';
import type { Project } from '../build/project';
import { trace, type TraceOptions } from './trace';

const EXAMPLES = `
Without arguments it lists the newest traces. Examples:
  npx weft trace                        the newest traces of this machine
  npx weft trace 4bf92f35               one trace, by its id or the start of it
  npx weft trace --last --logs          the newest trace, with the log lines of the services
  npx weft trace --slow --service rag-search --since 10m
  npx weft trace --errors --jaeger http://127.0.0.1:16686

In the waterfall █ is the critical path: the time the whole request waited for that span. ░ is the rest of the
span's time. → is the caller's side of a call. × 37 stands for 37 similar spans.`;

/** Adds `weft trace` to the commands. */
export function addTraceCommand(program: Command, project: () => Project): void {
  program
    .command('trace [id]')
    .description('show a trace as a waterfall of its spans, or list the newest traces')
    .option('--last', 'the newest trace')
    .option('--slow', 'the slowest trace')
    .option('--errors', 'the newest trace with a failed span')
    .option('--service <name>', 'only traces that include this service')
    .option('--since <duration>', 'how far back to look, for example 10m or 24h', '1h')
    .option('--logs', 'show the log lines of each span below it')
    .option('--all', 'show every span, even if many are alike')
    .addOption(new Option('-o, --output <format>', 'print for programs').choices(['json']))
    .option('--jaeger <url>', 'query this Jaeger instead of the platform that npm start runs')
    .option('--open', 'open it in Jaeger, in a browser')
    .addHelpText('after', EXAMPLES)
    .action((id: string | undefined, options: Omit<TraceOptions, 'id' | 'json'> & { output?: string }) =>
      trace(project, { ...options, ...(id === undefined ? {} : { id }), json: options.output === 'json' }),
    );
}
