import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import type { ServiceSpec } from '../../services/kit/declaration';
import { collectorConfig, type CollectorPorts } from '../collector';
import type { TailSampling } from '../collector-settings';
import { jaegerConfig, type JaegerPorts, type JaegerStorage, jaegerUi } from '../jaeger';
import { prometheusConfig } from '../prometheus';
import { prometheusRules } from '../rules';
import { spanBoundsOf } from '../span-bounds';
import { freePorts, type Running, scratchFolder, start } from './programs';

/** A set of programs that share a folder and are stopped together. */
export class Stack {
  readonly #folder = scratchFolder();
  readonly #running: Running[] = [];

  get folder(): string {
    return this.#folder.path;
  }

  /** Starts a collector on loopback. @param jaegerPort receives its traces */
  async startCollector(
    jaegerPort: number,
    sampling: TailSampling,
    specs: readonly ServiceSpec[] = [],
  ): Promise<Collector> {
    const ports: CollectorPorts = await freePorts('grpc', 'http', 'metrics', 'internal', 'health');
    const backends = [{ name: 'jaeger', endpoint: `127.0.0.1:${jaegerPort}`, signals: ['traces'] as const }];
    const bounds = spanBoundsOf(specs);
    const config = collectorConfig({ host: '127.0.0.1', ports, backends, sampling, bounds, flushSeconds: 1 });
    const file = this.#write(`collector-${ports.grpc}.yaml`, dump(config));
    const args = ['--config', file];
    const program = await this.#start('otelcol', args, `http://127.0.0.1:${ports.health}/`);
    return { ports, otlp: `http://127.0.0.1:${ports.http}`, program };
  }

  async startJaeger(ports: JaegerPorts, storage: JaegerStorage, prometheus?: string): Promise<Running> {
    const uiFile = this.#write('ui.json', JSON.stringify(jaegerUi()));
    const more = prometheus === undefined ? {} : { prometheus };
    const config = jaegerConfig({ host: '127.0.0.1', ports, storage, uiFile, ...more });
    const file = this.#write('jaeger.yaml', dump(config));
    return this.#start('jaeger', ['--config', file], `http://127.0.0.1:${ports.health}/status`);
  }

  async startPrometheus(
    port: number,
    { metrics, internal }: CollectorPorts,
    specs: readonly ServiceSpec[],
  ): Promise<Running> {
    const rules = this.#write('rules.yaml', dump(prometheusRules(specs, { intervalSeconds: 1 })));
    const own = { 'collector-internal': `127.0.0.1:${internal}` };
    const config = prometheusConfig({
      ...{ collector: `127.0.0.1:${metrics}`, internal: own, intervalSeconds: 1, ruleFiles: [rules] },
    });
    const args = [
      `--config.file=${this.#write('prometheus.yaml', dump(config))}`,
      `--storage.tsdb.path=${join(this.folder, 'prometheus')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--enable-feature=exemplar-storage',
    ];
    return this.#start('prometheus', args, `http://127.0.0.1:${port}/-/ready`);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#running.map((running) => running.stop()));
    this.#folder.remove();
  }

  async #start(program: 'otelcol' | 'jaeger' | 'prometheus', args: readonly string[], ready: string): Promise<Running> {
    const running = await start(program, args, this.folder, ready);
    this.#running.push(running);
    return running;
  }

  #write(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }
}

/** A running collector. */
export interface Collector {
  readonly ports: CollectorPorts;
  /** The URL of OTLP over HTTP. */
  readonly otlp: string;
  readonly program: Running;
}
