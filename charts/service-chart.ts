import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { ServiceSpec } from '../services/kit/declaration';
import { Authorization } from './constructs/access/authorization';
import { Endpoint } from './constructs/traffic/endpoint';
import { Ingress } from './constructs/traffic/ingress';
import { Network } from './constructs/access/network';
import { OperationMetrics } from './constructs/proxy-telemetry/operation-metrics';
import { ExternalService } from './constructs/traffic/external-service';
import { Sidecar } from './constructs/access/sidecar';
import { Traffic } from './constructs/traffic/traffic';
import { Workload } from './constructs/workload/workload';
import type { System } from './system';

/** The resources of one service: its workload, its routes and its access rights. */
export class ServiceChart extends Chart {
  constructor(scope: Construct, spec: ServiceSpec, system: System) {
    super(scope, spec.name, { disableResourceNameHashes: true });
    if (spec.external) {
      new ExternalService(this, spec, spec.external, system);
      return;
    }
    new Workload(this, spec, system);
    new Endpoint(this, spec, system);
    new Traffic(this, spec, system);
    if (spec.name in system.settings.hosts) new Ingress(this, spec, system);
    new Authorization(this, spec, system);
    // These have no dry run: they would deny calls or replace resources that exist.
    if (system.settings.policy === 'audit') return;
    new OperationMetrics(this, spec, system);
    new Sidecar(this, spec, system);
    new Network(this, spec, system);
  }
}
