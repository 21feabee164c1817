import { readRunFile } from '../../local/processes/run-file';
import type { Project } from '../build/project';

/**
 * Where a service can be called.
 *
 * @param given `host:port` from the command line; it wins
 * @returns a gRPC target
 * @throws Error that says what to do when the service is not running
 */
export function addressOf(project: () => Project, service: string, given: string | undefined): string {
  if (given !== undefined) return given;
  const run = readRunFile(project().runFile);
  if (!run) throw new Error('nothing is running here; run npm start in another terminal, or give --address host:port');
  const grpc = run.services.filter(({ port, addresses }) => port === 'grpc' && addresses.length > 0);
  const found = grpc.find(({ name }) => name === service);
  if (found) return `ipv4:${found.addresses.join(',')}`;
  throw new Error(
    `gRPC service "${service}" is not running here; these are: ${grpc.map(({ name }) => name).join(', ')}`,
  );
}
