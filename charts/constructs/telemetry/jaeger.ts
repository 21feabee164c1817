import { jaegerConfig, JAEGER_PORTS, jaegerUi } from '../../../observability/jaeger';
import { writeYaml } from '../../../infra/mesh/yaml';
import type { System } from '../../system';
import { imageOf } from '../../environment/telemetry-settings';
import type { Component } from './component';
import { hostIn, programClient } from './programs';
import { PROMETHEUS_PORT } from './prometheus';

const FOLDER = '/etc/jaeger';
const UI = 'ui.json';

/** Enough for an hour of a small platform. Traces are in memory, and a new pod starts empty. */
const MAX_TRACES = 20_000;

/** Stores and shows traces. */
export function jaegerOf(system: System): Component {
  const { settings } = system;
  const { grpc, query, internal, health } = JAEGER_PORTS;
  const config = jaegerConfig({
    storage: { maxTraces: MAX_TRACES },
    prometheus: `http://${hostIn('prometheus', settings, PROMETHEUS_PORT)}`,
    uiFile: `${FOLDER}/${UI}`,
  });
  return {
    name: 'jaeger',
    image: imageOf('jaeger', settings.telemetry),
    args: ['--config', `${FOLDER}/config.yaml`],
    user: 10_001,
    ports: [
      { name: 'grpc-otlp', number: grpc, protocol: 'grpc' },
      { name: 'http-query', number: query, protocol: 'http' },
      { name: 'http-internal', number: internal, protocol: 'http' },
    ],
    configs: [
      {
        name: 'jaeger-config',
        folder: FOLDER,
        files: { 'config.yaml': writeYaml(config), [UI]: `${JSON.stringify(jaegerUi(), null, 2)}\n` },
      },
    ],
    scratch: [{ name: 'tmp', path: '/tmp', size: '64Mi' }],
    health: { path: '/status', port: health },
    memory: { request: '128Mi', limit: '512Mi' },
    clients: [
      programClient(settings.telemetry.collector.service, [grpc], system),
      programClient('grafana', [query], system),
      programClient('prometheus', [internal], system),
    ],
    servers: { prometheus: [PROMETHEUS_PORT] },
  };
}
