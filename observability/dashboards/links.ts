import { DashboardLinkBuilder } from '@grafana/grafana-foundation-sdk/dashboard';

/** A link from a point of a panel. */
export interface LinkSpec {
  readonly title: string;
  readonly url: string;
}

/** The uids of the dashboards. Bookmarks contain them, so they must not change. */
export const UIDS = {
  platform: 'weft-platform',
  service: 'weft-service',
  canary: 'weft-canary',
  mesh: 'weft-mesh',
  runtime: 'weft-runtime',
} as const;

/**
 * A link to the traces of a service in Jaeger, in the selected time range.
 *
 * @param service the label of the panel's series with the name of the service
 * @param operation the label with the name of the span
 * @see https://grafana.com/docs/grafana/latest/explore/get-started-with-explore/#generate-explore-urls-from-external-tools
 */
export function tracesOf(service: string, operation?: string): LinkSpec {
  const query = {
    refId: 'A',
    queryType: 'search',
    service: fieldLabel(service),
    ...(operation === undefined ? {} : { operation: fieldLabel(operation) }),
  };
  const pane = { datasource: '${jaeger}', queries: [query], range: { from: '${__from}', to: '${__to}' } };
  return { title: 'Traces in Jaeger', url: `/explore?schemaVersion=1&panes=${encodeAround({ traces: pane })}` };
}

/** A link to the dashboard of one service. @param service the label with its name */
export function serviceDashboard(service: string): LinkSpec {
  return { title: 'The service', url: `/d/${UIDS.service}?var-service=${fieldLabel(service)}&\${__url_time_range}` };
}

export function panelLink({ title, url }: LinkSpec): DashboardLinkBuilder {
  return new DashboardLinkBuilder(title).url(url);
}

/** Encodes JSON for a URL, except for its variables, which Grafana replaces. */
function encodeAround(value: object): string {
  return encodeURIComponent(JSON.stringify(value)).replaceAll(/%24%7B.*?%7D/g, decodeURIComponent);
}

function fieldLabel(label: string): string {
  return `\${__field.labels.${label}}`;
}
