import { Construct } from 'constructs';
import { pathOf, type ServiceSpec } from '../../../services/kit/declaration';
import type { System } from '../../system';
import { addIstio, type MetricOverride } from '../istio';
import { metadataOf, selectorOf } from '../labels';

/** The label for the method in the mesh's metrics, in the form of `rpc.method`. */
export const OPERATION = 'request_operation';

/**
 * Metrics of the proxies by method, which also count calls that never reach the application. The label has only methods
 * that the service serves or declares to call: a path is whatever a caller sends.
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

/** CEL reads a string in JSON's syntax. `url_path` has no query. */
function operationOf(paths: readonly string[]): string {
  return `request.url_path in ${JSON.stringify(paths)} ? re.extract(request.url_path, "^/(.*)$", "\\\\1") : "other"`;
}
