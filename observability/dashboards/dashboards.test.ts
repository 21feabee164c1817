import { metricNames } from '../testing/promql-names';
import { substituteVariables } from '../testing/variables';
import { REGISTRY, seriesNames } from '../registry';
import { dashboardFiles, dashboardProvider, dashboards, datasources, panelQueries, UIDS } from '.';
import { panelsOf } from './panel-queries';

const ALL = dashboards().map((dashboard) => [dashboard.title, dashboard] as const);
const REGISTERED = new Set(REGISTRY.metrics.flatMap(seriesNames));

test('uids are unique and match the links', () => {
  expect(ALL.map(([, { uid }]) => uid)).toEqual(Object.values(UIDS));
});

test('files are deterministic, and each fits into a ConfigMap, even with kubectl’s annotation', () => {
  const files = dashboardFiles();
  expect(dashboardFiles()).toEqual(files);
  expect(Object.keys(files)).toEqual(Object.values(UIDS).map((uid) => `${uid}.json`));
  for (const text of Object.values(files)) expect(text.length).toBeLessThan(100_000);
});

describe.each(ALL)('%s', (_, dashboard) => {
  const panels = panelsOf(dashboard);

  test('queries only registered metrics', () => {
    const names = panelQueries(dashboard).flatMap(({ expr }) => metricNames(expr));
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !REGISTERED.has(name))).toEqual([]);
  });

  test('gives each panel an id, a unique title and a description', () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
    for (const { title, description } of panels)
      expect([title, description]).toEqual([title, expect.stringMatching(/^[A-Z].{20,140}\.$/)]);
  });

  test('gives each panel a unit, thresholds, a query and the data source of the viewer', () => {
    for (const panel of panels)
      expect(panel).toMatchObject({
        datasource: { type: 'prometheus', uid: '${datasource}' },
        fieldConfig: { defaults: { unit: expect.stringMatching(/./), thresholds: { mode: 'absolute' } } },
        targets: expect.arrayContaining([
          expect.objectContaining({ refId: 'A', legendFormat: expect.stringMatching(/./) }),
        ]),
      });
  });

  test('has exactly the variables of its queries', () => {
    const text = JSON.stringify(panelQueries(dashboard));
    const asked = [...text.matchAll(/\$([a-z]\w*)/g)].map(([, name]) => name);
    const given = dashboard.templating.list.map(({ name }) => name);
    expect([...new Set(asked)].sort()).toEqual(given.filter((name) => !['datasource', 'jaeger'].includes(name)).sort());
  });

  test('places panels without overlap, within 24 columns', () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_each, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...dashboard.panels.map(({ gridPos: { x, w } }) => x + w))).toBeLessThanOrEqual(24);
  });
});

test('panels link to traces by labels of their series', () => {
  const links = JSON.stringify(dashboards()).match(/\/explore[^"]+/g) ?? [];
  expect(links.length).toBeGreaterThan(20);
  const [first = ''] = links.filter((link) => link.includes('rpc_method'));
  const query = new URLSearchParams(first.split('?')[1]).get('panes') ?? '';
  expect(JSON.parse(query)).toEqual({
    traces: {
      datasource: '${jaeger}',
      queries: [
        {
          refId: 'A',
          queryType: 'search',
          service: '${__field.labels.service_name}',
          operation: '${__field.labels.rpc_method}',
        },
      ],
      range: { from: '${__from}', to: '${__to}' },
    },
  });
});

test.each([
  ['up', ['up']],
  ['sum by (a, b) (rate(x_total{c="d", e=~"f|g"}[5m])) / 2', ['x_total']],
  ['histogram_quantile(0.99, sum by (le) (rate(x_bucket[$__rate_interval]))) or y', ['x_bucket', 'y']],
  ['a / ignoring (v) group_left () sum without (v) (b > 0)', ['a', 'b']],
  ['label_replace(x, "callee", "$1", "m", "(.*)/.*") > bool (1 - $objective / 100)', ['x']],
  ['weft:slo_availability:error_ratio_rate1h{rpc_method="a{b}"}', ['weft:slo_availability:error_ratio_rate1h']],
])('the metrics of %s are %j', (expr, names) => {
  expect(metricNames(expr)).toEqual(names);
});

test('a variable without a value is refused', () => {
  expect(substituteVariables('x{a=~"$service"}[$__rate_interval]')).toBe('x{a=~".*"}[10s]');
  expect(substituteVariables('x{a="$service"} "$1"', { service: 'payment' })).toBe('x{a="payment"} "$1"');
  expect(() => substituteVariables('x{a="$nobody"}')).toThrow('$nobody');
});

describe('provisioning', () => {
  const sources = datasources({
    prometheus: 'http://prometheus.telemetry:9090',
    jaeger: 'http://jaeger.telemetry:16686',
  });

  test('links from exemplars to Jaeger, and from spans to Prometheus', () => {
    expect(sources).toMatchObject({
      apiVersion: 1,
      datasources: [
        {
          type: 'prometheus',
          uid: 'prometheus',
          url: 'http://prometheus.telemetry:9090',
          isDefault: true,
          jsonData: { exemplarTraceIdDestinations: [{ name: 'trace_id', datasourceUid: 'jaeger' }] },
        },
        {
          type: 'jaeger',
          uid: 'jaeger',
          url: 'http://jaeger.telemetry:16686',
          jsonData: {
            tracesToMetrics: { datasourceUid: 'prometheus', tags: [{ key: 'service.name', value: 'service_name' }] },
          },
        },
      ],
    });
  });

  test('doubles each $, which Grafana would expand from its environment', () => {
    const text = JSON.stringify(sources);
    expect(text).toContain('$$__tags');
    expect(text.replaceAll('$$', '')).not.toContain('$');
  });

  test('reads dashboards from a folder', () => {
    expect(dashboardProvider('/var/lib/grafana/dashboards')).toEqual({
      apiVersion: 1,
      providers: [
        {
          name: 'weft',
          orgId: 1,
          folder: 'Weft',
          type: 'file',
          disableDeletion: true,
          allowUiUpdates: false,
          updateIntervalSeconds: 30,
          options: { path: '/var/lib/grafana/dashboards' },
        },
      ],
    });
  });
});
