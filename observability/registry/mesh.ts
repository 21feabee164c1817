import { RPC_METHOD, RPC_STATUS } from '../../services/kit/telemetry/names';
import type { AttributeEntry, MetricEntry, MetricType } from './entry';

const ISTIO = { stability: 'stable', source: 'Istio' } as const;
const ENVOY = { stability: 'stable', source: 'Envoy' } as const;

function label(name: string, description: string, examples: readonly string[], values?: string): AttributeEntry {
  return { name, description, values: values ?? examples, examples, ...ISTIO };
}

/** Labels of Istio's standard metrics that dashboards read, plus `request_operation` of Weft's Telemetry resource. */
export const MESH_ATTRIBUTES: readonly AttributeEntry[] = [
  label('reporter', 'The proxy that counted: the caller’s or the callee’s.', ['source', 'destination', 'waypoint']),
  label('source_workload', 'The caller’s workload.', ['gateway-v1', 'rag-search-v1'], 'Deployments'),
  label('source_workload_namespace', 'Its namespace.', ['weft'], 'namespaces'),
  label(
    'source_principal',
    'The identity of the caller.',
    ['spiffe://cluster.local/ns/weft/sa/gateway'],
    'ServiceAccounts',
  ),
  label('destination_workload', 'The callee’s workload.', ['user-info-v1', 'payment-v2'], 'Deployments'),
  label('destination_workload_namespace', 'Its namespace.', ['weft'], 'namespaces'),
  label('destination_service_name', 'The Service that was called.', ['user-info', 'payment'], 'Services'),
  label('destination_version', 'The version label of the callee’s pod.', ['v1', 'v2'], 'releases.yaml'),
  label('request_protocol', 'The protocol as seen by the proxy.', ['grpc', 'http']),
  label('response_code', 'The HTTP status.', ['200', '503', '403'], 'HTTP statuses'),
  label('grpc_response_status', 'The number of the gRPC status.', ['0', '14', '7'], 'gRPC statuses'),
  label('response_flags', 'Why the proxy answered by itself; `-` if it did not.', ['-', 'UO', 'URX', 'UF'], 'Envoy'),
  label('connection_security_policy', 'The transport security, such as mutual TLS.', ['mutual_tls', 'unknown', 'none']),
  {
    name: 'request_operation',
    description: 'The method, even for calls that never reached the application.',
    values: 'the contracts; `other` for paths that no contract has',
    examples: ['weft.user.v1.UserInfoService/GetUserInfo', 'weft.payment.v1.PaymentService/Charge', 'other'],
    stability: 'development',
    source: 'Weft',
  },
  {
    name: 'cluster_name',
    description: 'Envoy’s name of the callee: direction, port, subset and host.',
    values: 'istiod: one for each port and subset of a Service',
    examples: [
      'outbound|50051|v1|user-info.weft.svc.cluster.local',
      'outbound|50051|v2|payment.weft.svc.cluster.local',
    ],
    ...ENVOY,
  },
];

const CALL = [
  ...['reporter', 'source_workload', 'source_workload_namespace', 'source_principal'],
  ...['destination_workload', 'destination_workload_namespace', 'destination_service_name', 'destination_version'],
  ...['request_protocol', 'response_code', 'grpc_response_status', 'response_flags', 'connection_security_policy'],
  'request_operation',
];

function ofCalls(name: string, type: MetricType, unit: string, description: string): MetricEntry {
  return { name, type, unit, description, attributes: CALL, ...ISTIO };
}

function ofClusters(name: string, type: 'counter' | 'gauge', description: string): MetricEntry {
  const fullName = `envoy_cluster_${name}`;
  return { name: fullName, type, unit: '', description, attributes: ['cluster_name'], ...ENVOY };
}

/**
 * Metrics of proxies. Istio drops Envoy's statistics of clusters unless `proxyStatsMatcher` names them.
 *
 * @see https://istio.io/latest/docs/reference/config/metrics/
 * @see https://www.envoyproxy.io/docs/envoy/latest/configuration/upstream/cluster_manager/cluster_stats
 */
export const MESH_METRICS: readonly MetricEntry[] = [
  ofCalls('istio_requests_total', 'counter', '', 'Requests that a proxy handled.'),
  ofCalls('istio_request_duration_milliseconds', 'histogram', 'ms', 'The duration of requests.'),
  ofCalls('istio_request_bytes', 'histogram', 'By', 'The size of requests.'),
  ofCalls('istio_response_bytes', 'histogram', 'By', 'The size of responses.'),
  ofCalls('istio_request_messages_total', 'counter', '', 'Messages from clients in gRPC calls.'),
  ofCalls('istio_response_messages_total', 'counter', '', 'Messages from servers in gRPC calls.'),
  ofClusters('upstream_rq_retry', 'counter', 'Retries.'),
  ofClusters('upstream_rq_retry_success', 'counter', 'Retries that succeeded.'),
  ofClusters('upstream_rq_retry_overflow', 'counter', 'Retries skipped because too many were in progress.'),
  ofClusters('upstream_rq_pending_overflow', 'counter', 'Requests refused because too many were waiting.'),
  ofClusters('upstream_rq_timeout', 'counter', 'Requests that exceeded the timeout of their route.'),
  ofClusters('upstream_cx_active', 'gauge', 'Open connections.'),
  ofClusters('outlier_detection_ejections_active', 'gauge', 'Currently ejected endpoints.'),
  ofClusters('outlier_detection_ejections_enforced_total', 'counter', 'Ejections of endpoints.'),
];

function spanLabel(name: string, description: string, values: readonly string[] | string, examples: string[]) {
  return { name, description, values, examples, stability: 'development', source: 'collector' } as const;
}

/** Labels of the collector's span metrics. */
export const SPAN_METRIC_ATTRIBUTES: readonly AttributeEntry[] = [
  spanLabel('span.name', 'The name of a span.', 'the spans below', ['find chunks', 'GET /v1/users/{user_id}']),
  spanLabel(
    'span.kind',
    'The kind of the span.',
    ['SPAN_KIND_SERVER', 'SPAN_KIND_CLIENT', 'SPAN_KIND_INTERNAL'],
    ['SPAN_KIND_CLIENT', 'SPAN_KIND_SERVER'],
  ),
  spanLabel(
    'status.code',
    'The status of the span.',
    ['STATUS_CODE_UNSET', 'STATUS_CODE_OK', 'STATUS_CODE_ERROR'],
    ['STATUS_CODE_UNSET', 'STATUS_CODE_ERROR'],
  ),
];

const OF_SPANS = {
  attributes: [
    'span.name',
    'span.kind',
    'status.code',
    RPC_METHOD,
    RPC_STATUS,
    'http.request.method',
    'http.route',
    'http.response.status_code',
  ],
  stability: 'development',
  source: 'collector',
} as const;

/** The collector's span metrics, counted before sampling, with exemplars. */
export const SPAN_METRICS: readonly MetricEntry[] = [
  { name: 'traces.span.metrics.calls', type: 'counter', unit: '', description: 'Spans.', ...OF_SPANS },
  {
    name: 'traces.span.metrics.duration',
    type: 'histogram',
    unit: 's',
    description: 'The duration of spans.',
    ...OF_SPANS,
  },
];
