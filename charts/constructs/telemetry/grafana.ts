import { dashboardFiles, dashboardProvider, datasources } from '../../../observability/dashboards';
import { JAEGER_PORTS } from '../../../observability/jaeger';
import { writeYaml } from '../../../infra/mesh/yaml';
import type { System } from '../../system';
import { imageOf } from '../../environment/telemetry-settings';
import type { Component, ConfigFiles } from './component';
import { hostIn } from './programs';
import { PROMETHEUS_PORT } from './prometheus';

const PORT = 3000;
const PROVISIONING = '/etc/grafana/provisioning';
const DASHBOARDS = '/etc/grafana/dashboards';
const DATA = '/var/lib/grafana';

/** Shows metrics and traces. There is no login: everybody who can reach it may look. */
const ENVIRONMENT = {
  GF_PATHS_PROVISIONING: PROVISIONING,
  GF_PATHS_DATA: DATA,
  GF_PATHS_PLUGINS: `${DATA}/plugins`,
  GF_PATHS_LOGS: `${DATA}/log`,
  GF_AUTH_ANONYMOUS_ENABLED: 'true',
  GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
  GF_AUTH_DISABLE_LOGIN_FORM: 'true',
  GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: 'true',
  GF_USERS_VIEWERS_CAN_EDIT: 'true',
  // It has no access to the internet.
  GF_ANALYTICS_REPORTING_ENABLED: 'false',
  GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
  GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
  GF_NEWS_NEWS_FEED_ENABLED: 'false',
  GF_PLUGINS_PREINSTALL_DISABLED: 'true',
};

/** Reached by `kubectl port-forward`, which goes around the proxy; nothing in the cluster calls it. */
export function grafanaOf({ settings }: System): Component {
  return {
    name: 'grafana',
    image: imageOf('grafana', settings.telemetry),
    env: ENVIRONMENT,
    user: 472,
    ports: [{ name: 'http', number: PORT, protocol: 'http' }],
    configs: [
      provisioned('datasources', datasources(urlsOf({ settings }))),
      provisioned('dashboards', dashboardProvider(DASHBOARDS)),
      ...dashboardConfigs(),
    ],
    scratch: [
      { name: 'data', path: DATA, size: '256Mi' },
      { name: 'tmp', path: '/tmp', size: '64Mi' },
    ],
    health: { path: '/api/health', port: PORT },
    memory: { request: '128Mi', limit: '512Mi' },
    clients: [],
    servers: { prometheus: [PROMETHEUS_PORT], jaeger: [JAEGER_PORTS.query] },
  };
}

function urlsOf({ settings }: Pick<System, 'settings'>) {
  return {
    prometheus: `http://${hostIn('prometheus', settings, PROMETHEUS_PORT)}`,
    jaeger: `http://${hostIn('jaeger', settings, JAEGER_PORTS.query)}`,
  };
}

function provisioned(name: string, config: object): ConfigFiles {
  return {
    name: `grafana-${name}-config`,
    folder: `${PROVISIONING}/${name}`,
    files: { 'weft.yaml': writeYaml(config) },
  };
}

/** A ConfigMap each: one may have a mebibyte. */
function dashboardConfigs(): ConfigFiles[] {
  return Object.entries(dashboardFiles()).map(([file, text]) => {
    const name = file.replace(/\.json$/, '');
    return { name: `grafana-${name}`, folder: `${DASHBOARDS}/${name}`, files: { [file]: text } };
  });
}
