import { settings as local } from '../../environments/local/settings';
import { environment } from '../../testing/environment';
import { onlyOf, resourcesOf } from '../../testing/manifests';
import { all } from '../../testing/services';
import type { SettingsInput } from '../../environment/settings';

describe('what a service’s proxies know', () => {
  const hostsOf = (service: string, settings: Partial<SettingsInput> = {}) =>
    onlyOf('Sidecar', resourcesOf(service, all, environment(settings))).spec;
  const always = ['telemetry/collector.telemetry.svc.cluster.local'];

  test.each<[string, string, Partial<SettingsInput>, string[]]>([
    [
      'is its callees',
      'edge',
      { namespaces: { users: 'people' } },
      ['weft/search.weft.svc.cluster.local', 'people/users.people.svc.cluster.local'],
    ],
    ['is its database in the cluster', 'users', {}, ['mongodb/*']],
    ['is its database outside', 'users', { storage: { mongodb: { cidr: '10.1.0.0/16' } } }, ['weft/mongodb.external']],
    ['is what it calls outside', 'legacy', {}, ['weft/rates.example.com']],
  ])('%s and the collector, and nobody else', (_, service, settings, hosts) => {
    expect(hostsOf(service, settings)).toEqual({
      workloadSelector: { labels: { app: service } },
      outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
      egress: [{ hosts: [...hosts, ...always] }],
    });
  });

  test('names the collector once where it is beside the database: Istio warns of a host that is named twice', () => {
    const telemetry = { ...local.telemetry, collector: { ...local.telemetry.collector, namespace: 'mongodb' } };
    expect(hostsOf('users', { telemetry })).toMatchObject({ egress: [{ hosts: ['mongodb/*'] }] });
    const edge = hostsOf('edge', { telemetry });
    expect(JSON.stringify(edge)).toContain('mongodb/collector.mongodb.svc.cluster.local');
  });

  test('is what the service listens on too, where metrics are for one Prometheus, who has a port of its own', () => {
    const telemetry = { ...local.telemetry, prometheus: { namespace: 'monitoring', account: 'prometheus' } };
    const metrics = {
      port: { number: 15_094, name: 'tcp-metrics', protocol: 'TCP' },
      defaultEndpoint: '127.0.0.1:15090',
    };
    expect(hostsOf('users', { telemetry })).toMatchObject({
      ingress: [
        { port: { number: 50_051, name: 'grpc', protocol: 'GRPC' }, defaultEndpoint: '0.0.0.0:50051' },
        metrics,
      ],
    });
    expect(hostsOf('edge', { telemetry })).toMatchObject({
      ingress: [{ port: { number: 8080, name: 'http', protocol: 'HTTP' }, defaultEndpoint: '0.0.0.0:8080' }, metrics],
    });
  });

  test('limits nobody while policies are only tried', () => {
    const kinds = resourcesOf('edge', all, environment({ policy: 'audit' })).map(({ kind }) => kind);
    expect(kinds).not.toContain('Sidecar');
  });
});
