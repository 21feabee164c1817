import { Construct } from 'constructs';
import { edgePolicyOf, ingressPolicyOf } from '../../../infra/mesh/names';
import type { ServiceSpec } from '../../../services/kit/declaration';
import { pathOf } from '../../../services/kit/declaration';
import type { Edge, System } from '../../system';
import { type AuthorizationRule, addIstio } from '../istio';
import { metadataOf, selectorOf } from '../labels';
import { portOf } from '../workload/port';

/**
 * Access to a service: one policy per caller, with the exact methods that it declares. Policies that allow add up, and
 * the namespace's empty policy denies the rest.
 *
 * @see https://istio.io/latest/docs/concepts/security/#implicit-enablement
 */
export class Authorization extends Construct {
  constructor(
    scope: Construct,
    spec: ServiceSpec,
    private readonly system: System,
  ) {
    super(scope, 'authorization');
    for (const edge of system.callersOf(spec))
      this.allow(spec, edgePolicyOf(spec.name, edge.caller.name), this.ruleOf(edge));
    if (spec.name in system.settings.hosts) this.allow(spec, ingressPolicyOf(spec.name), this.ingressRuleOf(spec));
  }

  private allow(spec: ServiceSpec, name: string, rule: AuthorizationRule): void {
    const { settings } = this.system;
    const metadata = metadataOf(spec, this.system, name);
    addIstio(
      this,
      'AuthorizationPolicy',
      { ...metadata, ...auditOf(settings.policy) },
      { selector: { matchLabels: selectorOf(spec.name) }, action: 'ALLOW', rules: [rule] },
    );
  }

  private ruleOf({ caller, methods }: Edge): AuthorizationRule {
    return {
      from: [{ source: { principals: [this.system.names.principalOf(caller.name)] } }],
      to: [{ operation: { paths: methods.map(({ method }) => pathOf(method)) } }],
    };
  }

  private ingressRuleOf(spec: ServiceSpec): AuthorizationRule {
    const { namespace, account: name } = this.system.settings.istio.ingress;
    return {
      from: [{ source: { principals: [this.system.names.accountPrincipal({ namespace, name })] } }],
      to: [{ operation: { ports: [String(portOf(spec).number)] } }],
    };
  }
}

/**
 * The annotation of a dry run: the policy reports its decisions in logs and metrics without enforcing them.
 *
 * @see https://istio.io/latest/docs/tasks/security/authorization/authz-dry-run/
 */
export function auditOf(policy: 'audit' | 'enforce'): { annotations?: Record<string, string> } {
  return policy === 'audit' ? { annotations: { 'istio.io/dry-run': 'true' } } : {};
}
