import { callErrorShare } from './calls';
import { serviceDashboard } from './links';
import { LABELS } from './names';
import { type PanelBuilder, timeseries } from './panel';
import { choice, type VariableBuilder } from './variables';

/** Objectives of availability, in per cent, to hold services against. */
export const OBJECTIVE: VariableBuilder = choice('objective', 'Objective', ['99.9', '99', '99.5', '99.95', '99.99']);

const ALLOWED = '(1 - $objective / 100)';

/** How fast each service uses up its error budget. At 1 it lasts exactly as long as it has to. */
export function budgetPanels(): PanelBuilder[] {
  return [
    burn('1h', 14.4, 'A page is due from 14.4 on: 2 % of a month’s budget in an hour.'),
    burn('6h', 6, 'A page is due from 6 on: 5 % of a month’s budget in six hours.'),
    burn('3d', 1, 'A ticket is due from 1 on: a tenth of a month’s budget in three days.'),
  ];
}

/** @see https://sre.google/workbook/alerting-on-slos/#recommended_time_windows_and_burn_rates */
function burn(window: string, bad: number, meaning: string): PanelBuilder {
  return timeseries({
    title: `Budget burn over ${window}`,
    description: `Error share over ${window}, divided by what the objective allows. ${meaning}`,
    unit: 'short',
    width: 8,
    thresholds: [Math.min(1, bad / 2), bad],
    queries: [
      { expr: `(${callErrorShare({ by: [LABELS.service], window })}) / ${ALLOWED}`, legend: `{{${LABELS.service}}}` },
    ],
    links: [serviceDashboard(LABELS.service)],
  });
}
