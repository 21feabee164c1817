import { writeYaml } from '../infra/mesh/yaml';
import type { ServiceSpec } from '../services/kit/declaration';
import { inFile } from '../services/kit/faults/fault';
import { refuseFaults } from '../services/kit/faults/format-faults';
import { hostIn } from './constructs/telemetry/programs';
import { GATEWAY_METRICS_PORT } from './constructs/telemetry/certificates';
import type { EnvironmentSource } from './environment/environment';
import type { Settings } from './environment/settings';
import { validateSettings } from './environment/validate-settings';
import { HEADER, type Manifests } from './synth';
import { metricsReaderOf } from './environment/telemetry-settings';

/**
 * What an access log says of a request, by Envoy's format. `NOT_FOUND` of a call is an HTTP 200, so the status of gRPC
 * has a field of its own, and the path of a call is its method. The path has no query: what people search for is theirs.
 *
 * @see https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage
 */
const ACCESS_LOG = {
  time: '%START_TIME%',
  trace_id: '%TRACE_ID%',
  request_id: '%REQ(X-REQUEST-ID)%',
  method: '%REQ(:METHOD)%',
  path: '%PATH(NQ)%',
  authority: '%REQ(:AUTHORITY)%',
  protocol: '%PROTOCOL%',
  status: '%RESPONSE_CODE%',
  grpc_status: '%GRPC_STATUS(SNAKE_STRING)%',
  grpc_status_number: '%GRPC_STATUS_NUMBER%',
  flags: '%RESPONSE_FLAGS%',
  details: '%RESPONSE_CODE_DETAILS%',
  failure: '%UPSTREAM_TRANSPORT_FAILURE_REASON%',
  // At the callee's proxy: who calls, and as whom it answers. At the caller's: who answers.
  caller: '%DOWNSTREAM_PEER_URI_SAN%',
  server: '%DOWNSTREAM_LOCAL_URI_SAN%',
  callee: '%UPSTREAM_PEER_URI_SAN%',
  client_address: '%DOWNSTREAM_REMOTE_ADDRESS%',
  upstream_cluster: '%UPSTREAM_CLUSTER_RAW%',
  upstream_address: '%UPSTREAM_HOST%',
  route: '%ROUTE_NAME%',
  duration_ms: '%DURATION%',
  upstream_ms: '%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%',
  bytes_in: '%BYTES_RECEIVED%',
  bytes_out: '%BYTES_SENT%',
} as const;

/** Of Envoy's own statistics, what tells of retries, limits and ejections: the others would be thousands of series. */
const CLUSTER_STATISTICS =
  'cluster\\.outbound.*\\.(upstream_rq_(retry|retry_success|retry_overflow|pending_overflow|timeout)|upstream_cx_active|' +
  'outlier_detection\\.ejections_(active|enforced_total))$';

const OTLP_GRPC = 4317;

/**
 * What an installation of Istio has to have for these settings, as files: for `istioctl install -f`, and for
 * `helm install -f` of Istio's charts `istiod` and `gateway`.
 *
 * @throws Error that lists everything wrong with the settings
 */
export function istioFilesOf(
  { settings: input, folder }: EnvironmentSource,
  services: readonly ServiceSpec[],
): Manifests {
  const { settings, faults } = validateSettings(input, services);
  refuseFaults('no files for Istio were written:', inFile(`${folder}/settings.ts`, faults));
  const files = filesOf(settings as Settings);
  const entries = Object.entries(files);
  return new Map(entries.map(([name, content]) => [name, `${HEADER}${folder}\n${writeYaml(content)}`]));
}

function filesOf(settings: Settings): Record<string, object> {
  return {
    'istio-operator.yaml': istioOperatorOf(settings),
    'istiod-values.yaml': { meshConfig: meshConfigOf(settings) },
    'gateway-values.yaml': gatewayValuesOf(settings),
  };
}

/** The part of the mesh configuration that telemetry needs, by the names in settings. */
function meshConfigOf(settings: Settings): object {
  const { tracing, accessLog, collector } = settings.telemetry;
  const service = hostIn(collector.service, settings, OTLP_GRPC).replace(/:\d+$/, '');
  return {
    defaultConfig: { proxyStatsMatcher: { inclusionRegexps: [CLUSTER_STATISTICS] } },
    extensionProviders: [
      { name: tracing, opentelemetry: { service, port: OTLP_GRPC } },
      {
        name: accessLog,
        // To the log of the container, beside those of services, where it is also while the collector is away.
        envoyFileAccessLog: { path: '/dev/stdout', omitEmptyValues: true, logFormat: { labels: ACCESS_LOG } },
      },
    ],
  };
}

function istioOperatorOf(settings: Settings): object {
  return {
    apiVersion: 'install.istio.io/v1alpha1',
    kind: 'IstioOperator',
    spec: { meshConfig: meshConfigOf(settings), ...gatewayComponents(settings) },
  };
}

function gatewayValuesOf(settings: Settings): object {
  if (metricsReaderOf(settings.telemetry) === undefined) return {};
  return { env: METRICS_ENV, podAnnotations: METRICS_ANNOTATIONS };
}

/** A gateway's metrics: by mutual TLS at one port, and nowhere else. */
const METRICS_ENV = {
  ENVOY_SECURE_MERGED_METRICS_PORT: String(GATEWAY_METRICS_PORT),
  METRICS_LOCALHOST_ACCESS_ONLY: 'true',
};

const METRICS_ANNOTATIONS = {
  'proxy.istio.io/config': JSON.stringify({ proxyMetadata: { METRICS_LOCALHOST_ACCESS_ONLY: 'true' } }),
};

function gatewayComponents({ istio, telemetry }: Settings): object {
  if (metricsReaderOf(telemetry) === undefined) return {};
  const env = Object.entries(METRICS_ENV).map(([name, value]) => ({ name, value }));
  const { namespace } = istio.ingress;
  const gateway = { name: GATEWAY, namespace, enabled: true, k8s: { env, podAnnotations: METRICS_ANNOTATIONS } };
  return { components: { ingressGateways: [gateway] } };
}

/** What Istio's profiles call it. */
const GATEWAY = 'istio-ingressgateway';
