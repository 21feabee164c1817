import { startMongoServer } from './server';

const host = process.env['MONGO_ADDRESS'] ?? '127.0.0.1';
const port = Number(process.env['MONGO_PORT'] ?? 27_017);

startMongoServer({ host, port }).then(
  (server) => process.stdout.write(`listening on ${host}:${server.port}, in memory\n`),
  (error: Error) => {
    process.stderr.write(`the embedded MongoDB cannot start: ${error.message}\n`);
    process.exit(1);
  },
);
process.once('SIGTERM', () => process.exit(0));
process.once('SIGINT', () => process.exit(0));
