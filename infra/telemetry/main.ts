import { readSettings } from './settings';
import { startStore } from './store-process';

/** Limits the shutdown, since clients can keep gRPC connections open. */
const LAST_CALLS_MS = 500;

function end(error: Error): never {
  process.stderr.write(`the telemetry store failed: ${error.message}\n`);
  process.exit(1);
}

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const { ports, close } = await startStore(settings);
  const stop = (): void => {
    setTimeout(() => process.exit(0), LAST_CALLS_MS).unref();
    void close().then(() => process.exit(0), end);
  };
  process.once('SIGTERM', stop).once('SIGINT', stop);
  const { host } = settings;
  process.stdout.write(
    `listening on ${host}: OTLP on ${ports.otlpHttp} (HTTP) and ${ports.otlpGrpc} (gRPC), queries on ${ports.query}\n`,
  );
}

main().catch(end);
