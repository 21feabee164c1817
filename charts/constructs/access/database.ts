import { Construct } from 'constructs';
import { PLATFORM } from '../../../infra/mesh/names';
import { namespacesOf, type Settings } from '../../environment/settings';
import { addIstio } from '../istio';
import { PART_OF_WEFT } from '../labels';

/**
 * The mesh's view of a database outside the cluster: its addresses only, so replica sets, moving names and the driver's
 * own TLS work as they do without a mesh.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/service-entry/#ServiceEntry-Resolution
 */
export class Database extends Construct {
  constructor(scope: Construct, cidr: string, settings: Settings) {
    super(scope, 'database');
    const { namespace, storage } = settings;
    addIstio(
      this,
      'ServiceEntry',
      { name: 'mongodb', namespace, labels: PART_OF_WEFT },
      {
        hosts: [PLATFORM.database],
        exportTo: namespacesOf(settings).sort(),
        addresses: [cidr],
        location: 'MESH_EXTERNAL',
        resolution: 'NONE',
        ports: [{ number: storage.mongodb.port, name: 'mongo', protocol: 'TCP' }],
      },
    );
  }
}
