import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { Database } from './constructs/access/database';
import { Gateway } from './constructs/traffic/gateway';
import { IngressTelemetry } from './constructs/proxy-telemetry/ingress-telemetry';
import { Namespace } from './constructs/namespace';
import { SplitPolicies } from './constructs/traffic/split-policies';
import { namespacesOf } from './environment/settings';
import type { System } from './system';

/** The resources that services share: namespaces, the protection of splits, and the gateway. */
export class PlatformChart extends Chart {
  constructor(scope: Construct, { settings, names }: System) {
    super(scope, 'platform', { disableResourceNameHashes: true });
    for (const namespace of namespacesOf(settings)) {
      new Namespace(this, namespace, settings);
      new SplitPolicies(this, namespace, settings);
    }
    const { cidr } = settings.storage.mongodb;
    if (cidr !== undefined) new Database(this, cidr, settings);
    if (Object.keys(settings.hosts).length === 0) return;
    new Gateway(this, settings, names);
    // Telemetry has no dry run: this one would replace the gateway's own.
    if (settings.policy === 'enforce' && settings.telemetry.ingress) new IngressTelemetry(this, settings);
  }
}
