import { Construct } from 'constructs';
import type { ExternalAddress, ServiceSpec } from '../../../services/kit/declaration';
import type { System } from '../../system';
import { addIstio, type TrafficPolicy } from '../istio';
import { metadataOf } from '../labels';
import { methodGroupsOf } from './method-groups';
import { routeTo } from './route-groups';
import { CONNECTION_POOL, unknownMethodRoutes } from './traffic';

/**
 * The mesh's view of an external service. Callers send plaintext to their sidecar, which encrypts it, so retries,
 * deadlines and metrics work as for any other service.
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/egress/egress-tls-origination/
 */
export class ExternalService extends Construct {
  constructor(scope: Construct, spec: ServiceSpec, { host, port, tls }: ExternalAddress, system: System) {
    super(scope, 'external-service');
    const { namespaceOf } = system.names;
    const metadata = metadataOf(spec, system);
    // Other namespaces may use the same host with another port or protocol.
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
    const http = [...declared, ...unknownMethodRoutes(spec, destination, system)];
    addIstio(this, 'VirtualService', metadata, { hosts: [host], exportTo, http });
  }
}

/**
 * Istio checks the name in a certificate only where `subjectAltNames` has it. `system` trusts the authorities of the
 * proxy's operating system, as Istio does by default; its analyzer asks for it to be set (IST0128).
 */
function tlsTo(host: string): Pick<TrafficPolicy, 'tls'> {
  return { tls: { mode: 'SIMPLE', sni: host, subjectAltNames: [host], caCertificates: 'system' } };
}
