import { startMongoServer } from './wire/server';

const host = process.env['MONGO_ADDRESS'] ?? '127.0.0.1';
const port = Number(process.env['MONGO_PORT'] ?? 27_017);
const folder = process.env['MONGO_DATA'] || undefined;

function end(error: Error): never {
  process.stderr.write(`the embedded MongoDB failed: ${error.message}\n`);
  process.exit(1);
}

const say = (text: string): void => void process.stderr.write(`${text}\n`);

startMongoServer({ host, port, ...(folder ? { folder } : {}), say, fail: end }).then((server) => {
  const stop = (): void => void server.close().then(() => process.exit(0), end);
  process.once('SIGTERM', stop).once('SIGINT', stop);
  process.stdout.write(`listening on ${host}:${server.port}, data ${folder ? `in ${folder}` : 'in memory only'}\n`);
}, end);
