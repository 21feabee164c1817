import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';

// The parts of Istio's resources that Weft writes, and no more: a field that is not here does not compile. A test holds
// what comes out against Istio's own schemas.

/** A length of time, for example `250ms` or `3s`. */
export type IstioDuration = string;

export interface Destination {
  host: string;
  subset?: string;
  port: { number: number };
}

/** A regular expression has to match the whole text. */
export type StringMatch = { exact: string } | { regex: string };

/** @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPMatchRequest */
export interface HttpMatch {
  uri?: StringMatch;
  method?: StringMatch;
  port?: number;
  withoutHeaders?: Record<string, object>;
}

/** @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRetry */
export interface Retries {
  attempts: number;
  retryOn: string;
  perTryTimeout?: IstioDuration;
}

/** @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRoute */
export interface HttpRoute {
  name: string;
  match?: HttpMatch[];
  timeout?: IstioDuration;
  retries: Retries;
  headers?: { request: { set?: Record<string, string>; remove?: string[] } };
  delegate?: { name: string };
  route?: { destination: Destination }[];
}

interface Selector {
  selector?: { matchLabels: Record<string, string> };
}

/** What Istio's resources of each kind say. */
interface Specs {
  VirtualService: { hosts: string[]; exportTo?: string[]; gateways?: string[]; http: HttpRoute[] };
  DestinationRule: {
    host: string;
    exportTo?: string[];
    trafficPolicy: TrafficPolicy;
    subsets?: { name: string; labels: Record<string, string> }[];
  };
  Gateway: { selector: Record<string, string>; servers: GatewayServer[] };
  Sidecar: {
    workloadSelector?: { labels: Record<string, string> };
    outboundTrafficPolicy?: { mode: 'REGISTRY_ONLY' };
    /** Without it, the ports of the workload's Services. */
    ingress?: IngressListener[];
    egress: { hosts: string[] }[];
  };
  ServiceEntry: {
    hosts: string[];
    exportTo?: string[];
    location: 'MESH_EXTERNAL';
    /** `NONE`: to where the packet was going. */
    resolution: 'DNS' | 'NONE';
    addresses?: string[];
    ports: { number: number; name: string; protocol: 'GRPC' | 'TCP' }[];
  };
  PeerAuthentication: { mtls: { mode: 'STRICT' } };
  AuthorizationPolicy: Selector & { action?: 'ALLOW'; rules?: AuthorizationRule[] };
  Telemetry: Selector & {
    tracing?: ({ providers: { name: string }[]; randomSamplingPercentage: number } | { disableSpanReporting: true })[];
    accessLogging?: ({ providers: { name: string }[] } | { disabled: true })[];
    metrics?: { overrides: MetricOverride[] }[];
  };
}

/** @see https://istio.io/latest/docs/reference/config/networking/sidecar/#IstioIngressListener */
interface IngressListener {
  port: { number: number; name: string; protocol: 'GRPC' | 'HTTP' | 'TCP' };
  /** `0.0.0.0:<port>` is the pod's own address. */
  defaultEndpoint: string;
}

/** @see https://istio.io/latest/docs/reference/config/telemetry/#MetricsOverrides */
export interface MetricOverride {
  match: { metric: 'REQUEST_COUNT' | 'REQUEST_DURATION' };
  /** By label; a value is an expression in CEL over Envoy's attributes. */
  tagOverrides: Record<string, { value: string }>;
}

/** @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#TrafficPolicy */
export interface TrafficPolicy {
  loadBalancer?: {
    simple: 'LEAST_REQUEST';
    warmup: { duration: IstioDuration };
    localityLbSetting: { enabled: false };
  };
  connectionPool?: {
    tcp: { connectTimeout: IstioDuration };
    http: { http2MaxRequests: number; http1MaxPendingRequests: number; maxRetries: number };
  };
  outlierDetection?: {
    consecutiveGatewayErrors: number;
    consecutive5xxErrors: number;
    interval: IstioDuration;
    baseEjectionTime: IstioDuration;
    maxEjectionPercent: number;
  };
  tls?: { mode: 'SIMPLE'; sni: string; subjectAltNames: string[]; caCertificates: 'system' };
}

/** @see https://istio.io/latest/docs/reference/config/networking/gateway/#Server */
export interface GatewayServer {
  hosts: string[];
  port: { number: number; name: string; protocol: 'HTTP' | 'HTTPS' };
  tls?: { httpsRedirect: true } | { mode: 'SIMPLE'; credentialName: string; minProtocolVersion: 'TLSV1_2' };
}

/** @see https://istio.io/latest/docs/reference/config/security/authorization-policy/#Rule */
export interface AuthorizationRule {
  from: { source: { principals: string[] } }[];
  to: { operation: { ports?: string[]; paths?: string[] } }[];
}

export type IstioKind = keyof Specs;

/** What a resource of one kind says. */
export type IstioSpec<K extends IstioKind> = Specs[K];

const API_VERSIONS: Record<IstioKind, string> = {
  VirtualService: 'networking.istio.io/v1',
  DestinationRule: 'networking.istio.io/v1',
  Gateway: 'networking.istio.io/v1',
  Sidecar: 'networking.istio.io/v1',
  ServiceEntry: 'networking.istio.io/v1',
  PeerAuthentication: 'security.istio.io/v1',
  AuthorizationPolicy: 'security.istio.io/v1',
  Telemetry: 'telemetry.istio.io/v1',
};

/** What an Istio resource is called, and where. */
export interface IstioMetadata {
  name: string;
  namespace: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

/** Adds one Istio resource. */
export function addIstio<K extends IstioKind>(
  scope: Construct,
  kind: K,
  metadata: IstioMetadata,
  spec: IstioSpec<K>,
): void {
  const id = `${kind}-${metadata.namespace}-${metadata.name}`;
  new ApiObject(scope, id, { apiVersion: API_VERSIONS[kind], kind, metadata, spec });
}

/** Of a length in milliseconds. */
export function durationOf(ms: number): IstioDuration {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}
