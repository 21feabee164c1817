import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { createNames } from '../../../infra/mesh/names';
import type { Settings } from '../../environment/settings';
import { digestOf } from '../workload/config';
import { addIstio } from '../istio';
import { labelsOf, selectorOf } from '../labels';
import { proxyAnnotationsOf } from '../workload/proxy';
import { egressOf } from '../access/sidecar';
import { deploymentOf } from './component-pod';
import { packetsOf } from './component-network';

/** A port of a program, which is that of its Service as well. */
export interface ComponentPort {
  name: string;
  number: number;
  /** How proxies read it; what is TCP to them they neither trace nor log. */
  protocol: 'grpc' | 'http' | 'tcp';
}

/** Who may use which ports of a program. */
export interface Client {
  /** A word for the name of the policy, for example `prometheus`. */
  name: string;
  /** As AuthorizationPolicies write them. */
  principals: string[];
  peers: k8s.NetworkPolicyPeer[];
  ports: number[];
}

/** Files of configuration, in a folder of their own. */
export interface ConfigFiles {
  /** Of the ConfigMap. */
  name: string;
  folder: string;
  /** Text by name. */
  files: Readonly<Record<string, string>>;
}

/** A folder that a program may write to. It is empty when the pod starts. */
export interface ScratchFolder {
  name: string;
  path: string;
  size: string;
}

/** A program that gathers, keeps or shows telemetry. */
export interface Component {
  /** Of its Deployment, Service and ServiceAccount. */
  name: string;
  image: string;
  args?: string[];
  env?: Readonly<Record<string, string>>;
  /** The user that it runs as. */
  user: number;
  ports: readonly ComponentPort[];
  configs: readonly ConfigFiles[];
  scratch: readonly ScratchFolder[];
  /** Answers 200 while it works. */
  health: { path: string; port: number };
  memory: { request: string; limit: string };
  clients: readonly Client[];
  /** Services of the same namespace that it calls, with the ports. */
  servers: Readonly<Record<string, readonly number[]>>;
  /** True where it asks the API server. */
  usesApi?: boolean;
  annotations?: Readonly<Record<string, string>>;
  /** Packets to what is not a Service here. */
  egress?: readonly k8s.NetworkPolicyEgressRule[];
}

/** All resources of one program: its pod, and access for its clients. */
export class ComponentResources extends Construct {
  private readonly namespace: string;

  constructor(
    scope: Construct,
    private readonly component: Component,
    private readonly settings: Settings,
  ) {
    super(scope, component.name);
    this.namespace = settings.telemetry.collector.namespace;
    this.addPod();
    this.addAccess();
  }

  private metadata(name = this.component.name) {
    return { name, namespace: this.namespace, labels: labelsOf(this.component.name) };
  }

  private addPod(): void {
    const { component } = this;
    new k8s.KubeServiceAccount(this, 'service-account', {
      metadata: this.metadata(),
      automountServiceAccountToken: false,
    });
    for (const { name, files: data } of component.configs)
      new k8s.KubeConfigMap(this, `config-${name}`, { metadata: this.metadata(name), data });
    const files = component.configs.flatMap(({ files: each }) => Object.entries(each));
    const annotations = {
      'checksum/config': digestOf(Object.fromEntries(files)),
      ...proxyAnnotationsOf(this.settings),
      ...component.annotations,
    };
    new k8s.KubeDeployment(this, 'deployment', deploymentOf(component, this.metadata(), annotations));
    new k8s.KubeService(this, 'service', {
      metadata: this.metadata(),
      spec: { selector: selectorOf(component.name), ports: component.ports.map(servicePort) },
    });
  }

  private addAccess(): void {
    const { component, namespace, settings } = this;
    const labels = selectorOf(component.name);
    for (const { name, principals, ports } of component.clients)
      addIstio(this, 'AuthorizationPolicy', this.metadata(`${component.name}-from-${name}`), {
        selector: { matchLabels: labels },
        action: 'ALLOW',
        rules: [{ from: [{ source: { principals } }], to: [{ operation: { ports: ports.map(String) } }] }],
      });
    const hosts = Object.keys(component.servers).map(
      (name) => `./${createNames({ ...settings, namespace, namespaces: {} }).hostOf(name)}`,
    );
    // `~` is no namespace: this proxy makes no calls.
    const egress = hosts.length > 0 ? hosts : ['~/*'];
    addIstio(this, 'Sidecar', this.metadata(), { workloadSelector: { labels }, ...egressOf(egress) });
    new k8s.KubeNetworkPolicy(this, 'network-policy', {
      metadata: this.metadata(),
      spec: packetsOf(component, settings),
    });
  }
}

function servicePort({ name, number, protocol }: ComponentPort): k8s.ServicePort {
  return { name, port: number, targetPort: k8s.IntOrString.fromString(name), appProtocol: protocol };
}
