import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { LABELS, METRICS } from './names';
import { PROMETHEUS } from './panel';

export type VariableBuilder = Builder<VariableModel>;

/** Where metrics and traces come from. */
export function datasourceVariables(): VariableBuilder[] {
  return [
    new DatasourceVariableBuilder('datasource').label('Metrics').type('prometheus'),
    new DatasourceVariableBuilder('jaeger').label('Traces').type('jaeger'),
  ];
}

/** The values of a label, several or all of which may be chosen. */
export function manyOf(name: string, label: string, values: string): VariableBuilder {
  return queryVariable(name, label, values).multi(true).includeAll(true).allValue('.*');
}

/** The values of a label, one of which is chosen. */
export function oneOf(name: string, label: string, values: string): VariableBuilder {
  return queryVariable(name, label, values);
}

/** The services that answer calls or requests. */
export const SERVICES = `label_values({__name__=~"${METRICS.rpcServer}_count|${METRICS.httpServer}_count"}, ${LABELS.service})`;

function queryVariable(name: string, label: string, values: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(PROMETHEUS)
    .query(values)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc);
}
