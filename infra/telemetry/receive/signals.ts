import { create } from '@bufbuild/protobuf';
import {
  ExportLogsServiceRequestSchema,
  ExportLogsServiceResponseSchema,
  LogsService,
} from '../../../proto/gen/opentelemetry/proto/collector/logs/v1/logs_service_pb';
import {
  ExportMetricsServiceRequestSchema,
  ExportMetricsServiceResponseSchema,
  MetricsService,
} from '../../../proto/gen/opentelemetry/proto/collector/metrics/v1/metrics_service_pb';
import {
  ExportTraceServiceRequestSchema,
  ExportTraceServiceResponseSchema,
  TraceService,
} from '../../../proto/gen/opentelemetry/proto/collector/trace/v1/trace_service_pb';
import type { Telemetry } from '../telemetry';
import type { Encoding } from './encoding';
import { Report } from './report';

/** A signal of OTLP: traces, metrics or logs. */
export interface Signal {
  /** The path of its gRPC method. */
  method: string;
  /**
   * Accepts an export.
   *
   * @returns the response, in the same encoding
   * @throws Error that says why the export is malformed
   */
  take(telemetry: Telemetry, encoding: Encoding, bytes: Buffer): Uint8Array;
}

/** The signals, by their path in OTLP over HTTP. */
export const SIGNALS: Record<string, Signal> = {
  '/v1/traces': {
    method: `/${TraceService.typeName}/Export`,
    take: (telemetry, encoding, bytes) => {
      const { resourceSpans } = encoding.read(ExportTraceServiceRequestSchema, bytes);
      const report = new Report();
      telemetry.addSpans(resourceSpans, report);
      const partial = partialSuccess(report, (count) => ({ rejectedSpans: count }));
      return encoding.write(ExportTraceServiceResponseSchema, create(ExportTraceServiceResponseSchema, partial));
    },
  },
  '/v1/metrics': {
    method: `/${MetricsService.typeName}/Export`,
    take: (telemetry, encoding, bytes) => {
      const { resourceMetrics } = encoding.read(ExportMetricsServiceRequestSchema, bytes);
      const report = new Report();
      telemetry.addMetrics(resourceMetrics, report);
      const partial = partialSuccess(report, (count) => ({ rejectedDataPoints: count }));
      return encoding.write(ExportMetricsServiceResponseSchema, create(ExportMetricsServiceResponseSchema, partial));
    },
  },
  // On a laptop logs go to the terminal, so log records are only checked and then dropped.
  '/v1/logs': {
    method: `/${LogsService.typeName}/Export`,
    take: (_, encoding, bytes) => {
      encoding.read(ExportLogsServiceRequestSchema, bytes);
      return encoding.write(ExportLogsServiceResponseSchema, create(ExportLogsServiceResponseSchema));
    },
  },
};

/** @see https://opentelemetry.io/docs/specs/otlp/#partial-success */
function partialSuccess<R>(report: Report, rejected: (count: bigint) => R) {
  const { refused, message: errorMessage } = report;
  return errorMessage === '' ? {} : { partialSuccess: { ...rejected(BigInt(refused)), errorMessage } };
}
