import { Construct } from 'constructs';
import { pathOf, type ServiceSpec } from '../../../services/kit/declaration';
import type { System } from '../../system';
import { addIstio, type MetricOverride } from '../istio';
import { metadataOf, selectorOf } from '../labels';

/** The label of the mesh's metrics that is the method, written as `rpc.method` is. */
export const OPERATION = 'request_operation';

/**
 * Metrics of the proxies by method, so that calls that never reach the application count by method too. Only the
 * methods that the service has or is declared to call are values of the label: a path is whatever a caller sends.
 *
 * @see https://istio.io/latest/docs/tasks/observability/metrics/classify-metrics/
 */
export class OperationMetrics extends Construct {
  constructor(scope: Construct, spec: ServiceSpec, system: System) {
    super(scope, 'operation-metrics');
    const paths = pathsOf(spec, system);
    if (paths.length === 0) return;
    const tagOverrides = { [OPERATION]: { value: operationOf(paths) } };
    const overrides = (['REQUEST_COUNT', 'REQUEST_DURATION'] as const).map((metric): MetricOverride => ({
      match: { metric },
      tagOverrides,
    }));
    addIstio(this, 'Telemetry', metadataOf(spec, system), {
      selector: { matchLabels: selectorOf(spec.name) },
      metrics: [{ overrides }],
    });
  }
}

/** Each once, sorted. */
function pathsOf(spec: ServiceSpec, { calleesOf }: System): string[] {
  const served = spec.serves.flatMap(({ contract }) => contract.methods.map(pathOf));
  const called = calleesOf(spec).flatMap(({ methods }) => methods.map(({ method }) => pathOf(method)));
  return [...new Set([...served, ...called])].sort();
}

/** In CEL, where a text in JSON is a text. The path has no query there. */
function operationOf(paths: readonly string[]): string {
  return `request.url_path in ${JSON.stringify(paths)} ? re.extract(request.url_path, "^/(.*)$", "\\\\1") : "other"`;
}
