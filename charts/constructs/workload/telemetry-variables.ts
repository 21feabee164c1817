import type { k8s } from 'cdk8s-plus-28';
import type { ServiceSpec } from '../../../services/kit/declaration';
import type { Settings } from '../../environment/settings';
import type { System } from '../../system';
import { collectorHostOf } from '../access/sidecar';

/** The interval of metric exports, in milliseconds: that of a usual Prometheus scrape. */
const METRIC_INTERVAL_MS = 15_000;

/** The port of OTLP over HTTP. @see https://opentelemetry.io/docs/specs/otlp/#otlphttp-default-port */
const OTLP_HTTP_PORT = 4318;

/** Not sampled: otherwise a proxy that samples everything would trace the exporter's own requests. */
const UNTRACED = 'traceparent=00-00000000000000000000000000000001-0000000000000001-00';

/**
 * The destination of a service's traces and metrics, and the share of traces. In a mesh the first proxy decides whether
 * a request is traced, and the service follows.
 *
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function telemetryVariablesOf({ name }: ServiceSpec, settings: Settings): Record<string, string> {
  return {
    OTEL_SERVICE_NAME: name,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://${collectorHostOf(settings)}:${OTLP_HTTP_PORT}`,
    OTEL_EXPORTER_OTLP_HEADERS: UNTRACED,
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: String(settings.telemetry.sampling / 100),
    OTEL_METRIC_EXPORT_INTERVAL: String(METRIC_INTERVAL_MS),
    OTEL_METRIC_EXPORT_TIMEOUT: String(METRIC_INTERVAL_MS / 2),
  };
}

/**
 * The pod and the version that spans and metrics come from.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/resource/k8s/
 */
export function resourceAttributesOf(
  { name }: ServiceSpec,
  version: string,
  { settings, environment }: System,
): k8s.EnvVar {
  const attributes = {
    'service.namespace': settings.namespace,
    'service.version': version,
    'service.instance.id': `$(POD_NAMESPACE).$(POD_NAME).${name}`,
    'k8s.pod.name': '$(POD_NAME)',
    'k8s.namespace.name': '$(POD_NAMESPACE)',
    'deployment.environment.name': environment,
  };
  const text = Object.entries(attributes).map(([key, value]) => `${key}=${value}`);
  return { name: 'OTEL_RESOURCE_ATTRIBUTES', value: text.join(',') };
}
