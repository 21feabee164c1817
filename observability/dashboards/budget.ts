import { BURN_WINDOWS, metricEntry, prometheusName } from '../registry';
import { serviceDashboard, tracesOf } from './links';
import { LABELS } from './names';
import { type PanelBuilder, timeseries } from './panel';

/** The burn rates that raise an alert, and their meaning. */
const LIMITS: Readonly<Record<(typeof BURN_WINDOWS)[number], readonly [factor: number, meaning: string]>> = {
  '1h': [14.4, '14.4 uses 2 % of a month’s budget in an hour'],
  '6h': [6, '6 uses 5 % of a month’s budget in six hours'],
  '3d': [1, '1 uses the whole budget in a month'],
};

/**
 * How fast services and methods with objectives use up their error budgets. Recording rules compute it from the calls.
 *
 * @see https://sre.google/workbook/alerting-on-slos/#recommended_time_windows_and_burn_rates
 */
export function budgetPanels(): PanelBuilder[] {
  return BURN_WINDOWS.map((window) => {
    const [factor, meaning] = LIMITS[window];
    return timeseries({
      title: `Budget burn over ${window}`,
      description: `How many times faster than allowed the error budget is used up: ${meaning}.`,
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

/** The recorded series of services and of methods. */
function ofBoth(record: string): string {
  return ['service', 'method'].map((level) => prometheusName(metricEntry(`${level}:${record}`))).join(' or ');
}
