import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { createNames } from '../infra/mesh/names';
import { Database } from './constructs/database';
import { Gateway } from './constructs/gateway';
import { Namespace } from './constructs/namespace';
import type { Settings } from './settings';

/** What all services share: their namespaces and the way in. */
export class PlatformChart extends Chart {
  constructor(scope: Construct, settings: Settings) {
    super(scope, 'platform', { disableResourceNameHashes: true });
    const namespaces = new Set([settings.namespace, ...Object.values(settings.namespaces).sort()]);
    for (const namespace of namespaces) new Namespace(this, namespace, settings);
    const { cidr } = settings.storage.mongodb;
    if (cidr !== undefined) new Database(this, cidr, settings);
    if (Object.keys(settings.hosts).length > 0) new Gateway(this, settings, createNames(settings));
  }
}
