import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { splitOf, splitPolicyOf, type SplitRule } from '../../../infra/mesh/names';
import type { Settings } from '../../environment/settings';
import { PART_OF_WEFT } from '../labels';

/** The parts in which the ValidatingAdmissionPolicies differ. */
interface SplitPolicy {
  name: SplitRule;
  /** The requests that it checks. */
  rule: { apiGroups: string[]; apiVersions: string[]; operations: string[]; resources: string[] };
  objects: LabelSelector;
  /** The resources of the same namespace that each request is compared with, one by one. */
  against: { kind: 'VirtualService' | 'DestinationRule'; selector: LabelSelector };
  variables?: { name: string; expression: string }[];
  validation: { expression: string; messageExpression: string; message: string };
}

interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: 'NotIn'; values: string[] }[];
}

/**
 * Keeps every version reachable that a split names. A split is state in the API server, so only the API server can
 * compare it with each change. It refuses a DestinationRule that lacks a subset of the split, the deletion of a
 * Deployment that the split sends calls to, and a split that names a version without a subset. The policies guard
 * against mistakes: where one fails to evaluate, the request passes.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 */
export class SplitPolicies extends Construct {
  constructor(scope: Construct, namespace: string, { policy }: Settings) {
    super(scope, `split-policies-${namespace}`);
    for (const each of [KEEPS_SUBSET, KEEPS_PODS, NEEDS_SUBSET]) {
      const metadata = { name: splitPolicyOf(each.name, namespace), labels: PART_OF_WEFT };
      this.add('ValidatingAdmissionPolicy', each.name, metadata, policySpecOf(each, namespace));
      this.add('ValidatingAdmissionPolicyBinding', `${each.name}-binding`, metadata, {
        policyName: metadata.name,
        paramRef: { selector: each.against.selector, parameterNotFoundAction: 'Allow' },
        validationActions: [policy === 'enforce' ? 'Deny' : 'Warn'],
      });
    }
  }

  private add(kind: string, id: string, metadata: object, spec: object): void {
    new ApiObject(this, id, { apiVersion: 'admissionregistration.k8s.io/v1', kind, metadata, spec });
  }
}

function policySpecOf({ rule, objects, against, variables, validation }: SplitPolicy, namespace: string): object {
  return {
    failurePolicy: 'Ignore',
    paramKind: { apiVersion: 'networking.istio.io/v1', kind: against.kind },
    matchConstraints: {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
      objectSelector: objects,
      resourceRules: [rule],
    },
    ...(variables && { variables }),
    validations: [validation],
  };
}

const SUFFIX = splitOf('');

const OURS: LabelSelector = { matchLabels: PART_OF_WEFT };

/** Everything that synth writes has this label, and splits do not. */
const NOT_OURS: LabelSelector = {
  matchExpressions: Object.entries(PART_OF_WEFT).map(([key, value]) => ({ key, operator: 'NotIn', values: [value] })),
};

/** CEL: true where the object has a subset of that name. */
const hasSubset = (object: string, name: string): string =>
  `has(${object}.spec.subsets) && ${object}.spec.subsets.exists(s, s.name == ${name})`;

/** CEL: true where the split in `params` sends any calls to a version. */
const isNamed = (version: string): string =>
  `params.spec.http.exists(r, has(r.route) && r.route.exists(d, has(d.destination.subset) && d.destination.subset == ${version}))`;

const remove = (namespace: string): string =>
  `'kubectl -n ' + ${namespace} + ' delete virtualservice ' + params.metadata.name`;

const KEEPS_SUBSET: SplitPolicy = {
  name: 'split-keeps-subset',
  rule: {
    apiGroups: ['networking.istio.io'],
    apiVersions: ['*'],
    operations: ['UPDATE'],
    resources: ['destinationrules'],
  },
  objects: OURS,
  against: { kind: 'VirtualService', selector: NOT_OURS },
  variables: [
    {
      name: 'leaving',
      expression:
        `params.metadata.name == object.metadata.name + '${SUFFIX}' ? oldObject.spec.subsets.map(o, o.name)` +
        `.filter(v, ${isNamed('v')} && !(${hasSubset('object', 'v')})) : []`,
    },
    {
      name: 'staying',
      expression: `oldObject.spec.subsets.map(o, o.name).filter(v, ${hasSubset('object', 'v')})`,
    },
  ],
  validation: {
    expression: 'variables.leaving.size() == 0',
    messageExpression:
      `'the split ' + params.metadata.name + ' still names ' + variables.leaving.join(', ') + ', which would have no ` +
      `subset: its calls would be lost. Take it out of the split first (npx weft split ' + object.metadata.name + ' ' + ` +
      `variables.staying[0] + '=100 -o yaml | kubectl apply -f -) or remove the split (' + ` +
      `${remove('object.metadata.namespace')} + '), and then apply this again'`,
    message: 'a split still names a version that would have no subset; take it out of the split, or remove the split',
  },
};

const KEEPS_PODS: SplitPolicy = {
  name: 'split-keeps-pods',
  rule: { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['DELETE'], resources: ['deployments'] },
  objects: OURS,
  against: { kind: 'VirtualService', selector: NOT_OURS },
  validation: {
    expression:
      `params.metadata.name != oldObject.metadata.labels.app + '${SUFFIX}' || ` +
      `!(${isNamed('oldObject.metadata.labels.version')})`,
    messageExpression:
      `'the split ' + params.metadata.name + ' still names ' + oldObject.metadata.labels.version + ', which runs in ` +
      `these pods: its calls would be lost. Take it out of the split first (npx weft split with the other versions) or remove ` +
      `the split (' + ${remove('oldObject.metadata.namespace')} + ')'`,
    message: 'a split still names the version of these pods; take it out of the split, or remove the split',
  },
};

const NEEDS_SUBSET: SplitPolicy = {
  name: 'split-needs-subset',
  rule: {
    apiGroups: ['networking.istio.io'],
    apiVersions: ['*'],
    operations: ['CREATE', 'UPDATE'],
    resources: ['virtualservices'],
  },
  objects: NOT_OURS,
  against: { kind: 'DestinationRule', selector: OURS },
  validation: {
    expression:
      `object.metadata.name != params.metadata.name + '${SUFFIX}' || object.spec.http.all(r, !has(r.route) || ` +
      `r.route.all(d, !has(d.destination.subset) || (${hasSubset('params', 'd.destination.subset')})))`,
    messageExpression:
      `'the split ' + object.metadata.name + ' names a version that has no subset: its calls would be lost. ' + ` +
      `params.metadata.name + ' has ' + params.spec.subsets.map(s, s.name).join(', ') + '; first apply ` +
      `manifests with that version (npx weft synth)'`,
    message: 'a split names a version that has no subset; first apply manifests with that version (npx weft synth)',
  },
};
