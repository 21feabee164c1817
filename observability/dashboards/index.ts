import { canaryDashboard } from './canary';
import type { Dashboard } from './dashboard';
import { meshDashboard } from './mesh';
import { platformDashboard } from './platform';
import { runtimeDashboard } from './runtime';
import { serviceDashboard } from './service';

export type { Dashboard, DashboardPanel } from './dashboard';
export { UIDS } from './links';
export { panelQueries, type PanelQuery } from './panel-queries';
export { dashboardProvider, datasources, type DatasourceUrls } from './provisioning';

/** Every dashboard, in the order in which people would look at them. */
export function dashboards(): Dashboard[] {
  return [platformDashboard(), serviceDashboard(), canaryDashboard(), meshDashboard(), runtimeDashboard()];
}

/** The files of a folder that Grafana provisions dashboards from: JSON by name, compact enough for a ConfigMap each. */
export function dashboardFiles(): Readonly<Record<string, string>> {
  return Object.fromEntries(dashboards().map((each) => [`${each.uid}.json`, JSON.stringify(each)]));
}
