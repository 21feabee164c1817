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

/** All dashboards, from overview to detail. */
export function dashboards(): Dashboard[] {
  return [platformDashboard(), serviceDashboard(), canaryDashboard(), meshDashboard(), runtimeDashboard()];
}

/** The dashboard files for Grafana by name: JSON, each small enough for a ConfigMap. */
export function dashboardFiles(): Readonly<Record<string, string>> {
  return Object.fromEntries(dashboards().map((each) => [`${each.uid}.json`, JSON.stringify(each)]));
}
