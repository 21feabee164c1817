import * as z from 'zod';
import { isRepository } from '../../services/kit/declaration';
import type { FieldFault } from '../../services/kit/faults/fault';
import { checked, crossChecked, LABEL, list, NAME, PORT, REGISTRY, text } from './fields';

/** The programs of `telemetry.deploy`, by the names of their Services. */
export const TELEMETRY_PROGRAMS = ['collector', 'jaeger', 'prometheus', 'grafana'] as const;

export type TelemetryProgram = (typeof TELEMETRY_PROGRAMS)[number];

/** Versions that are tested together. @see docs/telemetry-on-a-cluster.md */
const IMAGES: Readonly<Record<TelemetryProgram, string>> = {
  collector: 'otel/opentelemetry-collector-contrib:0.155.0',
  jaeger: 'jaegertracing/jaeger:2.13.0',
  prometheus: 'prom/prometheus:v3.10.0',
  grafana: 'grafana/grafana:12.0.1',
};

const IMAGE = text(isImage, 'an image with a tag or a digest', 'write for example registry.example.com/jaeger:2.13.0');

const PERCENTAGE = checked(z.number(), (percent) =>
  percent >= 0 && percent <= 100
    ? undefined
    : { message: `${percent} is not a percentage`, fix: 'write a number from 0 to 100' },
);

const FIELDS = z.strictObject({
  /** Whether collector, Jaeger, Prometheus and Grafana are deployed too, in the namespace of the collector. */
  deploy: z.boolean().default(false),
  /** How many requests are traced, in percent. */
  sampling: PERCENTAGE,
  /** Names of extension providers in Istio's mesh configuration. */
  tracing: NAME,
  accessLog: NAME,
  /** Whether the ingress gateway has spans and access logs too, for all requests through it. */
  ingress: z.boolean().default(true),
  /** The OpenTelemetry collector that receives traces and metrics. */
  collector: z.strictObject({ namespace: LABEL, service: LABEL, ports: list(PORT) }),
  /**
   * The account of the Prometheus that reads the metrics of proxies over mutual TLS; no other account may. Without it
   * they are readable in plaintext from the namespace of the collector.
   */
  prometheus: z.strictObject({ namespace: LABEL, account: LABEL }).optional(),
  /** Where the images of `deploy` come from. */
  registry: REGISTRY.default('docker.io'),
  /** Images instead of those of `deploy`, each with its registry. */
  images: z.strictObject({ collector: IMAGE, jaeger: IMAGE, prometheus: IMAGE, grafana: IMAGE }).partial().default({}),
});

/** What is measured and traced, and where it goes. */
export const TELEMETRY = crossChecked(FIELDS, ['deploy', 'collector', 'prometheus'], deployFaults);

const OTLP_PORTS = [4317, 4318];

/** The programs of `deploy` have their own names and ports. */
function deployFaults({ deploy, collector, prometheus }: z.output<typeof FIELDS>): FieldFault[] {
  if (!deploy) return [];
  const { service, ports } = collector;
  const isTaken = TELEMETRY_PROGRAMS.some((name) => name === service && name !== 'collector');
  const arePorts = ports.length === OTLP_PORTS.length && OTLP_PORTS.every((port) => ports.includes(port));
  return [
    ...(isTaken
      ? [
          {
            path: 'collector.service',
            message: `deploy gives another program the name ${service}`,
            fix: 'write collector',
          },
        ]
      : []),
    ...(arePorts
      ? []
      : [
          {
            path: 'collector.ports',
            message: 'the collector of deploy has other ports',
            fix: `write [${OTLP_PORTS.join(', ')}]`,
          },
        ]),
    ...(prometheus
      ? [
          {
            path: 'prometheus',
            message: 'deploy has its own Prometheus',
            fix: 'remove prometheus, or set deploy: false',
          },
        ]
      : []),
  ];
}

export type TelemetrySettings = z.output<typeof TELEMETRY>;

/** The reader of the metrics of proxies. */
export interface MetricsReader {
  namespace: string;
  account: string;
  /** Of its pods, if known. */
  labels?: Record<string, string>;
}

/** The account that reads the metrics of proxies over mutual TLS; undefined if they are readable in plaintext. */
export function metricsReaderOf({ deploy, collector, prometheus }: TelemetrySettings): MetricsReader | undefined {
  if (!deploy) return prometheus;
  return { namespace: collector.namespace, account: 'prometheus', labels: { app: 'prometheus' } };
}

/** The image of a program of `deploy`. */
export function imageOf(program: TelemetryProgram, { registry, images }: TelemetrySettings): string {
  return images[program] ?? `${registry}/${IMAGES[program]}`;
}

/** True for the name of an image with a tag or a digest. */
function isImage(text: string): boolean {
  const [, repository] = /^(.+?)(?::[\w][\w.-]{0,127}|@sha256:[0-9a-f]{64})$/.exec(text) ?? [];
  return repository !== undefined && isRepository(repository);
}
