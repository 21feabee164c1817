import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { PanelBuilder } from './panel';
import { datasourceVariables, type VariableBuilder } from './variables';

/** A row, or a panel with its queries. */
export interface DashboardPanel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly refId: string; readonly legendFormat: string }[];
}

/** A dashboard file of Grafana as plain data, without the fields that only Grafana reads. */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly panels: readonly DashboardPanel[];
  readonly templating: { readonly list: readonly { readonly name: string }[] };
}

const TAG = 'weft';

export interface Section {
  readonly title: string;
  readonly panels: readonly PanelBuilder[];
}

export interface DashboardSpec {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly variables: readonly VariableBuilder[];
  readonly sections: readonly Section[];
}

/** Builds a dashboard as plain data; the result is deterministic. */
export function dashboard({ uid, title, description, variables, sections }: DashboardSpec): Dashboard {
  // The classic model: only the newest versions of Grafana read files of dashboardv2.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([TAG])
    .readonly()
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .tooltip(DashboardCursorSync.Crosshair)
    .variables([...datasourceVariables(), ...variables])
    .link(toOthers());
  for (const section of sections) {
    builder.withRow(new RowBuilder(section.title));
    for (const panel of section.panels) builder.withPanel(panel);
  }
  return numbered(builder.build());
}

/** A menu of the other dashboards, which keeps the selected time range. */
function toOthers(): DashboardLinkBuilder {
  return new DashboardLinkBuilder('Weft')
    .type(DashboardLinkType.Dashboards)
    .tags([TAG])
    .asDropdown(true)
    .keepTime(true)
    .includeVars(true);
}

/** Numbers the panels for links and annotations, and turns the SDK's objects into plain data. */
function numbered(built: { panels?: object[] }): Dashboard {
  const panels = (built.panels ?? []).map((panel, index) => ({ ...panel, id: index + 1 }));
  return JSON.parse(JSON.stringify({ ...built, panels })) as Dashboard;
}
