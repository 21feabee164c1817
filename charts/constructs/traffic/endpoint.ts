import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { ServiceSpec } from '../../../services/kit/declaration';
import type { System } from '../../system';
import { metadataOf, selectorOf } from '../labels';
import { portOf } from '../workload/port';

/** The Service of all versions' pods. */
export class Endpoint extends Construct {
  constructor(scope: Construct, spec: ServiceSpec, system: System) {
    super(scope, 'endpoint');
    const port = portOf(spec);
    new k8s.KubeService(this, 'service', {
      metadata: { ...metadataOf(spec, system), ...annotationsOf(spec) },
      spec: {
        selector: selectorOf(spec.name),
        ports: [
          {
            name: port.name,
            port: port.number,
            targetPort: k8s.IntOrString.fromString(port.name),
            appProtocol: port.name,
          },
        ],
      },
    });
  }
}

/** `npm start` reads the examples, a line each. */
function annotationsOf({ examples = [] }: ServiceSpec): { annotations?: Record<string, string> } {
  return examples.length === 0 ? {} : { annotations: { 'weft.dev/examples': examples.join('\n') } };
}
