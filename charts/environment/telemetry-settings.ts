import * as z from 'zod';
import { isRepository } from '../../services/kit/declaration';
import { LABEL, NAME, PORT } from './fields';

/** The programs that `telemetry.deploy` brings, by their names, which are those of their Services as well. */
export const TELEMETRY_PROGRAMS = ['collector', 'jaeger', 'prometheus', 'grafana'] as const;

export type TelemetryProgram = (typeof TELEMETRY_PROGRAMS)[number];

/** Versions that were tried together. @see docs/telemetry-on-a-cluster.md */
const IMAGES: Readonly<Record<TelemetryProgram, string>> = {
  collector: 'otel/opentelemetry-collector-contrib:0.155.0',
  jaeger: 'jaegertracing/jaeger:2.13.0',
  prometheus: 'prom/prometheus:v3.10.0',
  grafana: 'grafana/grafana:12.0.1',
};

const IMAGE = z
  .string()
  .refine(isImage, 'must be an image with a tag or a digest, for example registry.example.com/jaeger:2.13.0');

/** What is measured and traced, and where that goes. */
export const TELEMETRY = z.strictObject({
  /** Whether collector, Jaeger, Prometheus and Grafana are deployed as well, in the namespace of the collector. */
  deploy: z.boolean().default(false),
  /** How much of all requests is traced, in percent. */
  sampling: z.number().min(0, 'must be a percentage').max(100, 'must be a percentage'),
  /** Names of extension providers in Istio's mesh configuration. */
  tracing: NAME,
  accessLog: NAME,
  /** Whether spans and access logs of the ingress gateway are turned on too, for all that comes through it. */
  ingress: z.boolean().default(true),
  /** The OpenTelemetry collector: where traces and metrics go. */
  collector: z.strictObject({
    namespace: LABEL,
    service: LABEL,
    ports: z.array(PORT).min(1, 'must have at least one'),
  }),
  /**
   * The account of the Prometheus that reads the metrics of proxies, by mutual TLS, as nobody else then may. Without it
   * they are there in plaintext, for the namespace of the collector.
   */
  prometheus: z.strictObject({ namespace: LABEL, account: LABEL }).optional(),
  /** Where the images of `deploy` come from. */
  registry: z
    .string()
    .refine((registry) => isRepository(`${registry}/image`), 'must be a registry, for example docker.io')
    .default('docker.io'),
  /** Images instead of those, each with its registry. */
  images: z.strictObject({ collector: IMAGE, jaeger: IMAGE, prometheus: IMAGE, grafana: IMAGE }).partial().default({}),
});

export type TelemetrySettings = z.output<typeof TELEMETRY>;

/** Who reads the metrics of proxies. */
export interface MetricsReader {
  namespace: string;
  account: string;
  /** Of its pods, where they are known. */
  labels?: Record<string, string>;
}

/** The account that may read the metrics of proxies by mutual TLS; nobody where they are there in plaintext. */
export function metricsReaderOf({ deploy, collector, prometheus }: TelemetrySettings): MetricsReader | undefined {
  if (!deploy) return prometheus;
  return { namespace: collector.namespace, account: 'prometheus', labels: { app: 'prometheus' } };
}

/** The image of a program that is deployed. */
export function imageOf(program: TelemetryProgram, { registry, images }: TelemetrySettings): string {
  return images[program] ?? `${registry}/${IMAGES[program]}`;
}

/** Whether a text names an image that does not change by itself. */
function isImage(text: string): boolean {
  const [, repository] = /^(.+?)(?::[\w][\w.-]{0,127}|@sha256:[0-9a-f]{64})$/.exec(text) ?? [];
  return repository !== undefined && isRepository(repository);
}
