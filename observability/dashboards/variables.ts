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

/** The variables that choose the data sources. */
export function datasourceVariables(): VariableBuilder[] {
  return [
    new DatasourceVariableBuilder('datasource').label('Metrics').type('prometheus'),
    new DatasourceVariableBuilder('jaeger').label('Traces').type('jaeger'),
  ];
}

/** A variable for several or all values of a label. */
export function manyOf(name: string, label: string, values: string): VariableBuilder {
  return queryVariable(name, label, values).multi(true).includeAll(true).allValue('.*');
}

/** A variable for one value of a label. */
export function oneOf(name: string, label: string, values: string): VariableBuilder {
  return queryVariable(name, label, values);
}

/** The query for the services that answer calls or requests. */
export const SERVICES = `label_values({__name__=~"${METRICS.rpcServer}_count|${METRICS.httpServer}_count"}, ${LABELS.service})`;

function queryVariable(name: string, label: string, values: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(PROMETHEUS)
    .query(values)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc);
}
