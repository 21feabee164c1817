import { Construct } from 'constructs';
import type { ExternalAddress, ServiceSpec } from '../../services/kit/spec';
import type { System } from '../system';
import { addIstio, type HttpRoute } from './istio';
import { labelsOf } from './labels';
import { methodGroupsOf } from './method-groups';
import { baseOf, matchesOf } from './traffic';

/**
 * A service that somebody else runs, as the mesh knows it. Callers send plaintext to the port of their sidecar, which
 * encrypts, so that retries, deadlines and metrics are there for it as for any other.
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/egress/egress-tls-origination/
 */
export class ExternalService extends Construct {
  constructor(scope: Construct, spec: ServiceSpec, { host, port, tls }: ExternalAddress, { names }: System) {
    super(scope, 'external-service');
    const metadata = { name: spec.name, namespace: names.namespaceOf(spec.name), labels: labelsOf(spec.name) };
    addIstio(this, 'ServiceEntry', metadata, {
      hosts: [host],
      location: 'MESH_EXTERNAL',
      resolution: 'DNS',
      ports: [{ number: port, name: 'grpc', protocol: 'GRPC' }],
    });
    if (tls)
      addIstio(this, 'DestinationRule', metadata, { host, trafficPolicy: { tls: { mode: 'SIMPLE', sni: host } } });
    const route = [{ destination: { host, port: { number: port } } }];
    const http = methodGroupsOf(spec).map((group): HttpRoute => ({
      name: group.name,
      match: matchesOf(group),
      ...baseOf(group),
      route,
    }));
    addIstio(this, 'VirtualService', metadata, { hosts: [host], http });
  }
}
