import type { k8s } from 'cdk8s-plus-28';

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
