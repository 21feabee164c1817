import { Construct } from 'constructs';
import type { ExternalAddress, ServiceSpec } from '../../../services/kit/declaration';
import type { System } from '../../system';
import { addIstio, type TrafficPolicy } from '../istio';
import { metadataOf } from '../labels';
import { methodGroupsOf } from './method-groups';
import { routeTo } from './route-groups';
import { CONNECTION_POOL, undeclaredRoutes } from './traffic';

/**
 * A service that somebody else runs, as the mesh knows it. Callers send plaintext to the port of their sidecar, which
 * encrypts, so that retries, deadlines and metrics are there for it as for any other.
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/egress/egress-tls-origination/
 */
export class ExternalService extends Construct {
  constructor(scope: Construct, spec: ServiceSpec, { host, port, tls }: ExternalAddress, system: System) {
    super(scope, 'external-service');
    const { namespaceOf } = system.names;
    const metadata = metadataOf(spec, system);
    // Others may know the host by another way, and have another idea of its port.
    const exportTo = [...new Set(system.callersOf(spec).map(({ caller }) => namespaceOf(caller.name)))].sort();
    addIstio(this, 'ServiceEntry', metadata, {
      hosts: [host],
      exportTo,
      location: 'MESH_EXTERNAL',
      resolution: 'DNS',
      ports: [{ number: port, name: 'grpc', protocol: 'GRPC' }],
    });
    const trafficPolicy = { connectionPool: CONNECTION_POOL, ...(tls && tlsTo(host)) };
    addIstio(this, 'DestinationRule', metadata, { host, exportTo, trafficPolicy });
    const destination = { host, port: { number: port } };
    const declared = methodGroupsOf(spec).map((group) => routeTo(destination, group));
    const http = [...declared, ...undeclaredRoutes(spec, destination, system)];
    addIstio(this, 'VirtualService', metadata, { hosts: [host], exportTo, http });
  }
}

/**
 * Istio asks whom a certificate is for only where it is told the names, or says no SNI. The authorities are those of
 * the proxy's operating system, which is also what Istio takes by itself; its analyzer wants it said (IST0128).
 */
function tlsTo(host: string): Pick<TrafficPolicy, 'tls'> {
  return { tls: { mode: 'SIMPLE', sni: host, subjectAltNames: [host], caCertificates: 'system' } };
}
