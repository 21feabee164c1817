import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod';

const RUN = z.object({ services: z.array(z.object({ name: z.string(), addresses: z.array(z.string()) })) });

/**
 * Where rag-search listens, as a gRPC target.
 *
 * @param runFile what a running `npm start` writes, `.weft/run.json`
 * @throws Error when rag-search does not run
 */
export function runningTarget(runFile: string): string {
  const run = existsSync(runFile) ? RUN.safeParse(JSON.parse(readFileSync(runFile, 'utf8'))).data : undefined;
  const { addresses = [] } = run?.services.find(({ name }) => name === 'rag-search') ?? {};
  if (addresses.length > 0) return `ipv4:${addresses.join(',')}`;
  throw new Error('rag-search does not run here; run npm start in another terminal, or give --address host:port');
}
