import { BURN_WINDOWS, metricEntry, prometheusName } from '../registry';
import { serviceDashboard, tracesOf } from './links';
import { LABELS } from './names';
import { type PanelBuilder, timeseries } from './panel';

/** From which burn rate on people are told, and what that means. */
const LIMITS: Readonly<Record<(typeof BURN_WINDOWS)[number], readonly [factor: number, meaning: string]>> = {
  '1h': [14.4, 'at 14.4 a fiftieth of a month’s budget is gone in an hour'],
  '6h': [6, 'at 6 a twentieth of a month’s budget is gone in six hours'],
  '3d': [1, 'at 1 the budget lasts exactly as long as it must'],
};

/**
 * How fast services and methods that declare objectives use up what they may miss of them. Recording rules compute it
 * from the calls.
 *
 * @see https://sre.google/workbook/alerting-on-slos/#recommended_time_windows_and_burn_rates
 */
export function budgetPanels(): PanelBuilder[] {
  return BURN_WINDOWS.map((window) => {
    const [factor, meaning] = LIMITS[window];
    return timeseries({
      title: `Budget burn over ${window}`,
      description: `How many times faster than allowed declared objectives are missed: ${meaning}.`,
      unit: 'short',
      width: 8,
      thresholds: [factor / 2, factor],
      queries: [
        {
          expr: `(${ofBoth(`slo_misses:ratio_rate${window}`)}) / (1 - (${ofBoth('slo_target:ratio')}))`,
          legend: `{{${LABELS.service}}} {{method}} {{slo}}`,
        },
      ],
      links: [serviceDashboard(LABELS.service), tracesOf(LABELS.service)],
    });
  });
}

/** What is recorded of services, and of methods. */
function ofBoth(record: string): string {
  return ['service', 'method'].map((level) => prometheusName(metricEntry(`${level}:${record}`))).join(' or ');
}
