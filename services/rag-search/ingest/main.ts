import { resolve } from 'node:path';
import { Command } from 'commander';
import { describeCallError } from '../../kit/errors/describe-call-error';
import { runningTarget } from './running-target';
import { sendFolder } from './send-folder';

interface Options {
  ragCode: string;
  user?: string;
  address?: string;
}

const program = new Command('npm run ingest --')
  .description('Sends the Markdown and text files below a folder to rag-search.')
  .argument('<folder>')
  .option('--rag-code <code>', 'the collection they go into', 'docs')
  .option('--user <id>', 'who sends them, for example u-1001; the guest otherwise')
  .option('--address <host:port>', 'where rag-search is, if npm start does not run it')
  .action(async (folder: string, { ragCode, user, address }: Options) => {
    const summary = await sendFolder({
      target: address ?? runningTarget('.weft/run.json'),
      // npm runs scripts in the project's folder, wherever the person is.
      folder: resolve(process.env['INIT_CWD'] ?? '.', folder),
      ragCode,
      userId: user,
    });
    process.stdout.write(`${summary}\n`);
  });

program.parseAsync().catch((error: Error) => {
  process.stderr.write(`ingest: ${describeCallError(error)}\n`);
  process.exit(1);
});
