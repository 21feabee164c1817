import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { VizLegendOptionsBuilder, VizTooltipOptionsBuilder } from '@grafana/grafana-foundation-sdk/common';
import * as common from '@grafana/grafana-foundation-sdk/common';
import { type Panel, ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as HeatmapBuilder } from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { type LinkSpec, panelLink } from './links';

/** The data source of queries: the Prometheus that the viewer chose. */
export const PROMETHEUS = { type: 'prometheus', uid: '${datasource}' };

/** A query, and the names of its lines. */
export interface QuerySpec {
  readonly expr: string;
  /** With `{{labels}}`. */
  readonly legend: string;
}

export interface PanelSpec {
  readonly title: string;
  /** One sentence for a reader who does not know the metric. */
  readonly description: string;
  /** Grafana's name of the unit: `s`, `ms`, `bytes`, `percentunit`, `reqps`, `short`. */
  readonly unit: string;
  readonly queries: readonly QuerySpec[];
  /** The limits for a warning and for a bad value. */
  readonly thresholds?: readonly [warning: number, bad: number];
  /** Of 24. */
  readonly width?: number;
  readonly links?: readonly LinkSpec[];
}

/** The builder of a panel of any type. */
export type PanelBuilder = Builder<Panel>;

/** Lines over time, with exemplars if the metric has them. */
export function timeseries(spec: PanelSpec): PanelBuilder {
  const panel = withBasics(new TimeseriesBuilder(), spec)
    .min(0)
    .lineWidth(1)
    .fillOpacity(8)
    .showPoints(common.VisibilityMode.Never)
    .legend(legend())
    .tooltip(new VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending));
  for (const query of queriesOf(spec)) panel.withTarget(query.range().exemplar(true));
  if (!spec.thresholds) return panel;
  const dashed = new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed);
  return panel.thresholdsStyle(dashed);
}

/** One number, with its history in the background. */
export function stat(spec: PanelSpec): PanelBuilder {
  const panel = withBasics(new StatBuilder(), spec)
    .height(5)
    .graphMode(common.BigValueGraphMode.Area)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']));
  for (const query of queriesOf(spec)) panel.withTarget(query.range());
  return panel;
}

/** The distribution of durations. Its query is a rate of buckets by `le`. */
export function heatmap(spec: PanelSpec): PanelBuilder {
  const panel = withBasics(new HeatmapBuilder(), spec).calculate(false);
  for (const query of queriesOf(spec)) panel.withTarget(query.range().exemplar(true).format(PromQueryFormat.Heatmap));
  return panel;
}

/** The methods that all panel builders share. */
interface Basics {
  title(title: string): this;
  description(description: string): this;
  unit(unit: string): this;
  datasource(datasource: common.DataSourceRef): this;
  span(width: number): this;
  thresholds(thresholds: ThresholdsConfigBuilder): this;
  dataLinks(links: ReturnType<typeof panelLink>[]): this;
}

function withBasics<B extends Basics>(builder: B, spec: PanelSpec): B {
  const { title, description, unit, thresholds, width = 12, links = [] } = spec;
  builder.title(title).description(description).unit(unit).datasource(PROMETHEUS).span(width);
  return builder.thresholds(thresholdsOf(thresholds)).dataLinks(links.map(panelLink));
}

function thresholdsOf(limits: PanelSpec['thresholds']): ThresholdsConfigBuilder {
  const [warning, bad] = limits ?? [];
  const steps = [
    { value: null, color: 'green' },
    ...(warning === undefined ? [] : [{ value: warning, color: 'orange' }]),
    ...(bad === undefined ? [] : [{ value: bad, color: 'red' }]),
  ];
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps);
}

function queriesOf({ queries }: PanelSpec): DataqueryBuilder[] {
  return queries.map(({ expr, legend: name }, index) => {
    const refId = String.fromCharCode('A'.charCodeAt(0) + index);
    return new DataqueryBuilder().refId(refId).datasource(PROMETHEUS).expr(expr).legendFormat(name);
  });
}

/** A table with the last and the largest value, largest first. */
function legend(): VizLegendOptionsBuilder {
  return new VizLegendOptionsBuilder()
    .displayMode(common.LegendDisplayMode.Table)
    .placement(common.LegendPlacement.Bottom)
    .showLegend(true)
    .calcs(['lastNotNull', 'max'])
    .sortBy('Max')
    .sortDesc(true);
}
