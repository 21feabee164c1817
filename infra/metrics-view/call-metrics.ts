import {
  HTTP_SERVER_DURATION,
  RPC_METHOD,
  RPC_SERVER_DURATION,
  RPC_STATUS,
  SERVER_ERRORS,
} from '../../services/kit/telemetry/names';

/** A histogram of the durations of server calls, as Prometheus names it. */
export interface CallMetric {
  /** Without `_bucket` and `_count`. */
  name: string;
  /** The labels that together name a method, in order. */
  methodLabels: string[];
  statusLabel: string;
  /** True for a status that is a failure of the server. */
  isFailure(status: string): boolean;
}

/**
 * The histograms of server calls.
 *
 * @see https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/ (names)
 */
export const CALL_METRICS: CallMetric[] = [
  {
    name: nameInPrometheus(RPC_SERVER_DURATION),
    methodLabels: [labelOf(RPC_METHOD)],
    statusLabel: labelOf(RPC_STATUS),
    isFailure: (status) => SERVER_ERRORS.some((each) => each === status),
  },
  {
    name: nameInPrometheus(HTTP_SERVER_DURATION),
    methodLabels: ['http_request_method', 'http_route'],
    statusLabel: 'http_response_status_code',
    isFailure: (status) => /^5\d\d$/.test(status),
  },
];

function nameInPrometheus(histogram: string): string {
  return `${labelOf(histogram)}_seconds`;
}

function labelOf(attribute: string): string {
  return attribute.replaceAll('.', '_');
}
