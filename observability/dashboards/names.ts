import {
  DIRECTION,
  HTTP_SERVER_DURATION,
  REFUSAL,
  RPC_CLIENT_DURATION,
  RPC_CLIENT_MESSAGES,
  RPC_METHOD,
  RPC_SERVER_ACTIVE,
  RPC_SERVER_DURATION,
  RPC_SERVER_MESSAGES,
  RPC_SERVER_REFUSED,
  RPC_STATUS,
  SERVER_ERRORS,
} from '../../services/kit/telemetry/names';
import { attributeEntry, labelName, metricEntry, prometheusName } from '../registry';

/** @throws Error for an unregistered metric: a dashboard must not query a metric that nobody sends */
function inPrometheus(metric: string): string {
  return prometheusName(metricEntry(metric));
}

function label(attribute: string): string {
  return labelName(attributeEntry(attribute).name);
}

/** Names of metrics in Prometheus; for histograms without `_bucket`, `_sum` and `_count`. */
export const METRICS = {
  rpcServer: inPrometheus(RPC_SERVER_DURATION),
  rpcClient: inPrometheus(RPC_CLIENT_DURATION),
  httpServer: inPrometheus(HTTP_SERVER_DURATION),
  received: inPrometheus(RPC_SERVER_MESSAGES),
  exchanged: inPrometheus(RPC_CLIENT_MESSAGES),
  active: inPrometheus(RPC_SERVER_ACTIVE),
  refused: inPrometheus(RPC_SERVER_REFUSED),
  pool: inPrometheus('db.client.connection.count'),
  spans: inPrometheus('traces.span.metrics.duration'),
  eventLoopDelay: (statistic: string) => inPrometheus(`nodejs.eventloop.delay.${statistic}`),
  eventLoopTime: inPrometheus('nodejs.eventloop.time'),
  eventLoopUtilization: inPrometheus('nodejs.eventloop.utilization'),
  gc: inPrometheus('v8js.gc.duration'),
  heapUsed: inPrometheus('v8js.memory.heap.used'),
  heapPhysical: inPrometheus('v8js.memory.heap.space.physical_size'),
  resources: inPrometheus('v8js.resource.active'),
  requests: inPrometheus('istio_requests_total'),
  requestDuration: inPrometheus('istio_request_duration_milliseconds'),
  cluster: (statistic: string) => inPrometheus(`envoy_cluster_${statistic}`),
} as const;

/** Names of labels in Prometheus. */
export const LABELS = {
  service: label('service.name'),
  version: label('service.version'),
  pod: label('k8s.pod.name'),
  method: label(RPC_METHOD),
  status: label(RPC_STATUS),
  direction: label(DIRECTION),
  refusal: label(REFUSAL),
  verb: label('http.request.method'),
  route: label('http.route'),
  httpStatus: label('http.response.status_code'),
  pool: label('db.client.connection.pool.name'),
  poolState: label('db.client.connection.state'),
  spanName: label('span.name'),
  spanKind: label('span.kind'),
  loopState: label('nodejs.eventloop.state'),
  gcType: label('v8js.gc.type'),
  heapSpace: label('v8js.heap.space.name'),
  resource: label('v8js.resource.type'),
  caller: label('source_workload'),
  callerNamespace: label('source_workload_namespace'),
  callerPrincipal: label('source_principal'),
  callee: label('destination_workload'),
  calleeService: label('destination_service_name'),
  calleeNamespace: label('destination_workload_namespace'),
  calleeVersion: label('destination_version'),
  code: label('response_code'),
  grpcStatus: label('grpc_response_status'),
  flags: label('response_flags'),
  security: label('connection_security_policy'),
  operation: label('request_operation'),
  reporter: label('reporter'),
  cluster: label('cluster_name'),
} as const;

/** Failures of the server by the semantic conventions; other statuses are answers or the caller's fault. */
export const RPC_FAILED = `${LABELS.status}=~"${SERVER_ERRORS.join('|')}"`;

/** Excludes the kubelet's probes. */
export const HTTP_CALLS = `${LABELS.route}!~"/livez|/readyz"`;
export const HTTP_FAILED = `${LABELS.httpStatus}=~"5.."`;

/**
 * The same for the metrics of proxies: gRPC's statuses are numbers there, and other requests have an HTTP status only.
 *
 * @see https://grpc.io/docs/guides/status-codes/
 */
export const PROXY_FAILED = [`${LABELS.grpcStatus}=~"2|4|12|13|14|15"`, `${LABELS.code}=~"5.."`] as const;
