import { startPlatform } from '../local/processes/platform';
import { buildProject } from './build/build';
import type { Project } from './build/project';
import { synthesize } from './build/synthesize';
import { strandedSplits } from './split/stranded-splits';

/**
 * Builds, synthesizes, warns about splits that name a version that is gone, and runs the manifests until a signal.
 *
 * @param only names of Deployments
 * @param jaeger whether a real Jaeger keeps the traces
 */
export async function start(project: Project, { only, jaeger }: { only: string[]; jaeger: boolean }): Promise<void> {
  // From when the person pressed Enter, as far as this process knows.
  const startedAt = performance.now() - process.uptime() * 1000;
  await buildProject(project);
  synthesize(project, { environment: 'local', folder: project.manifests });
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  strandedSplits(project).forEach(print);
  const platform = await startPlatform({
    manifests: project.manifests,
    appFolder: project.build,
    stateFolder: project.state,
    only,
    jaeger,
    environment: process.env,
    print,
    startedAt,
  });
  let stopping = false;
  const stop = (): void => {
    if (stopping) {
      platform.kill();
      process.exit(1);
    }
    stopping = true;
    process.stdout.write('\nstopping\n');
    void platform.stop().then(() => process.exit(0));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
}
