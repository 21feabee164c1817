import { setTimeout as wait } from 'node:timers/promises';
import { exposition } from '../testing/exposition';
import { describeWith } from '../testing/programs';
import { resultOf, startPrometheus, type TestPrometheus } from '../testing/prometheus';
import { substituteVariables } from '../testing/variables';
import { REGISTRY, seriesNames } from '../registry';
import { dashboards, panelQueries } from '.';

const ALL = dashboards().flatMap((dashboard) =>
  panelQueries(dashboard).map(({ title, expr }) => [dashboard.title, title, expr] as const),
);

describeWith(['prometheus'], 'queries of dashboards', () => {
  let prometheus: TestPrometheus;

  beforeAll(async () => {
    prometheus = await startPrometheus(exposition);
    // Rates need at least two scrapes.
    while ((await scrapes()) < 3) await wait(200);
  });

  async function scrapes(): Promise<number> {
    const [up] = await resultOf(prometheus.url, 'count_over_time(up[1m])');
    return up?.value ?? 0;
  }

  afterAll(async () => prometheus.stop());

  test('every registered metric is there', async () => {
    const names = REGISTRY.metrics.flatMap(seriesNames);
    const found = await resultOf(prometheus.url, 'count by (__name__) ({job="weft"})');
    const there = new Set(found.map(({ labels }) => labels['__name__']));
    expect(names.filter((name) => !there.has(name))).toEqual([]);
  });

  test.each(ALL)('%s: %s', async (_dashboard, _title, expr) => {
    const result = await resultOf(prometheus.url, substituteVariables(expr));
    expect(result).not.toEqual([]);
    expect(result.filter(({ value }) => Number.isNaN(value))).toEqual([]);
  });
});
