import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { ServiceSpec } from '../services/kit/spec';
import { Endpoint } from './constructs/endpoint';
import { Workload } from './constructs/workload';
import type { Settings } from './settings';

/** Everything that one service needs to run. */
export class ServiceChart extends Chart {
  constructor(scope: Construct, spec: ServiceSpec, settings: Settings) {
    super(scope, spec.name, { disableResourceNameHashes: true });
    new Workload(this, spec, settings);
    new Endpoint(this, spec, settings);
  }
}
