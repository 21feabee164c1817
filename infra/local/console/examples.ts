import type { LocalService } from '../plan/local-service';

/** How examples write the address of the HTTP service, whatever its port is here. */
const HTTP_ADDRESS = /\blocalhost:8080\b/g;

/**
 * The commands that can be tried: those of services that run here. One that calls `localhost:8080` needs an HTTP
 * service, whose address it gets.
 */
export function examplesOf(services: readonly LocalService[]): string[] {
  const running = services.filter(({ addresses }) => addresses.length > 0);
  const http = running.find(({ port }) => port === 'http')?.addresses[0];
  return running
    .flatMap(({ examples = [] }) => examples)
    .filter((example) => http !== undefined || example.search(HTTP_ADDRESS) === -1)
    .map((example) => example.replace(HTTP_ADDRESS, http ?? ''));
}
