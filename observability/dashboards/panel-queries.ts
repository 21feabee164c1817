import type { Dashboard, DashboardPanel } from './dashboard';

/** A query of a panel. */
export interface PanelQuery {
  /** The title of the panel. */
  readonly title: string;
  /** With the dashboard's variables in it. */
  readonly expr: string;
}

/** The panels of a dashboard, without rows. */
export function panelsOf({ panels }: Dashboard): DashboardPanel[] {
  return panels.filter(({ type }) => type !== 'row');
}

/** Every query of every panel of a dashboard. */
export function panelQueries(dashboard: Dashboard): PanelQuery[] {
  return panelsOf(dashboard).flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })));
}
