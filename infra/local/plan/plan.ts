import { join } from 'node:path';
import { makeEnvironment, expandVariables, type Sources } from '../manifests/environment';
import type { Container, Deployment, Probe, Resources, Service } from '../manifests/resources';
import { mountSecrets, type SecretFile } from '../manifests/secret-volumes';
import type { LocalService } from './local-service';
import { serviceVariables, targetVariables, variableName } from './targets';

/** A probe of a local process. */
export interface LocalProbe extends Pick<
  Probe,
  'initialDelaySeconds' | 'periodSeconds' | 'failureThreshold' | 'timeoutSeconds'
> {
  port: number;
  /** The health service to check, or the path to get; with neither it just connects. */
  grpcService?: string;
  httpPath?: string;
}

/** A pod as a process on this machine. */
export interface LocalPod {
  /** For example `greeter-0`. */
  name: string;
  /** The program and its arguments. */
  command: string[];
  /** Its working directory. */
  folder: string;
  env: Record<string, string>;
  /** The files that it needs. */
  files: SecretFile[];
  graceSeconds: number;
  probes: { startup?: LocalProbe; readiness?: LocalProbe; liveness?: LocalProbe };
}

/** The pods and services to run. */
export interface LocalPlan {
  pods: LocalPod[];
  services: LocalService[];
  /** Names of Deployments that need a container runtime, since their command is in the image. */
  images: string[];
}

/** The properties of this machine that planning depends on. */
export interface Machine extends Pick<Sources, 'secret'> {
  /** The folder that is `/app` in an image. */
  appFolder: string;
  /** The folder for the files of Secrets. */
  secretsFolder: string;
  /** Chooses a free port, `wanted` if it is free. */
  choosePort(wanted?: number): Promise<number>;
  /** Variables of every process on this machine, whatever its manifest says. */
  env: Record<string, string>;
}

const LOOPBACK = '127.0.0.1';

interface PlacedPod {
  deployment: Deployment;
  replica: number;
  container: Container;
  /** Local port by the name of the container's port. */
  ports: Map<string, number>;
}

/**
 * Plans how a set of manifests runs on this machine: each replica of a Deployment becomes a process with its own ports,
 * each Service the addresses of its pods.
 *
 * @throws Error that lists every fault with Deployment and field
 */
export async function planLocal(resources: Resources, machine: Machine): Promise<LocalPlan> {
  const placed: PlacedPod[] = [];
  const images = resources.deployments.filter(needsImage).map(({ metadata }) => metadata.name);
  for (const deployment of resources.deployments.filter((each) => !needsImage(each)))
    for (let replica = 0; replica < deployment.spec.replicas; replica += 1)
      placed.push(await place(deployment, replica, resources.services, machine));
  const services = resources.services.flatMap((service) => localServices(service, placed));
  const faults: string[] = [];
  const pods = placed.map((each) => makePod(each, placed, resources, services, machine, faults));
  if (faults.length > 0) throw new Error(`these manifests cannot run here:\n  ${[...new Set(faults)].join('\n  ')}`);
  return { pods, services, images };
}

/** Without a command, the image decides what to run. */
function needsImage({ spec }: Deployment): boolean {
  return spec.template.spec.containers.some(({ command }) => command.length === 0);
}

async function place(
  deployment: Deployment,
  replica: number,
  services: Service[],
  machine: Machine,
): Promise<PlacedPod> {
  const [container] = deployment.spec.template.spec.containers as [Container];
  const ports = new Map<string, number>();
  for (const port of container.ports) {
    // A person types the port of an HTTP service, so its first pod has the Service's own.
    const http = services.filter((service) => selects(service, deployment)).flatMap(({ spec }) => spec.ports);
    const wanted = replica === 0 ? http.find((each) => each.name === port.name && port.name === 'http') : undefined;
    ports.set(port.name, await machine.choosePort(wanted?.port));
  }
  return { deployment, replica, container, ports };
}

function selects({ spec, metadata }: Service, deployment: Deployment): boolean {
  const { labels } = deployment.spec.template.metadata;
  const wanted = Object.entries(spec.selector);
  if (wanted.length === 0 || metadata.namespace !== deployment.metadata.namespace) return false;
  return wanted.every(([name, value]) => labels[name] === value);
}

function localServices(service: Service, placed: PlacedPod[]): LocalService[] {
  const behind = placed.filter(({ deployment }) => selects(service, deployment));
  const pods = behind.map(podName);
  const examples = service.metadata.annotations['weft.dev/examples']?.split('\n');
  return service.spec.ports.map(({ name, port, targetPort = port }, index) => ({
    name: service.metadata.name,
    port: name,
    addresses: behind.flatMap((each) => localPort(each, targetPort) ?? []).map((local) => `${LOOPBACK}:${local}`),
    pods,
    // Once, also where a Service has several ports.
    ...(examples && index === 0 && { examples }),
  }));
}

function podName({ deployment, replica }: PlacedPod): string {
  return `${deployment.metadata.name}-${replica}`;
}

function localPort({ container, ports }: PlacedPod, port: number | string): number | undefined {
  const named = container.ports.find(({ name, containerPort }) => name === port || containerPort === port);
  return named && ports.get(named.name);
}

/** A headless Service has no address of its own. */
function serviceLinks({ deployment }: PlacedPod, all: PlacedPod[], services: Service[]): Record<string, string> {
  if (!deployment.spec.template.spec.enableServiceLinks) return {};
  const linked = services.filter(
    ({ metadata, spec }) => metadata.namespace === deployment.metadata.namespace && spec.clusterIP !== 'None',
  );
  return serviceVariables(linked.flatMap((service) => localServices(service, all)));
}

function makePod(
  placed: PlacedPod,
  all: PlacedPod[],
  resources: Resources,
  services: LocalService[],
  machine: Machine,
  faults: string[],
): LocalPod {
  const { deployment, container } = placed;
  const where = `Deployment ${deployment.metadata.name}`;
  const { containers, terminationGracePeriodSeconds } = deployment.spec.template.spec;
  if (containers.length > 1)
    faults.push(`${where}: has ${containers.length} containers; only one can run as a process`);
  const here = { ...portVariables(placed), ...targetVariables(services), ...machine.env };
  const links = serviceLinks(placed, all, resources.services);
  const sources = {
    configMaps: resources.configMaps,
    secret: machine.secret,
    services: links,
    here,
    pod: podName(placed),
  };
  const fault = (text: string): void => void faults.push(`${where}: ${text}`);
  const own = makeEnvironment(deployment, container, sources, fault);
  const folder = join(machine.secretsFolder, podName(placed));
  const mounted = mountSecrets(deployment, container, own, { folder, secret: machine.secret }, fault);
  const env = { ...own, ...mounted.env, ...here };
  // References see only variables of the pod, not those that only this machine sets.
  const known = Object.fromEntries(Object.entries(env).filter(([name]) => Object.hasOwn(own, name)));
  const probe = (field: 'startupProbe' | 'readinessProbe' | 'livenessProbe'): LocalProbe | undefined =>
    localProbe(container[field], placed, (text) => fault(`${field}: ${text}`));
  const [startup, readiness, liveness] = [probe('startupProbe'), probe('readinessProbe'), probe('livenessProbe')];
  return {
    name: podName(placed),
    command: [...container.command, ...container.args].map((text) => expandVariables(text, known)),
    folder: machine.appFolder,
    env,
    files: mounted.files,
    graceSeconds: terminationGracePeriodSeconds,
    probes: { ...(startup && { startup }), ...(readiness && { readiness }), ...(liveness && { liveness }) },
  };
}

/** The variables for the ports: `GRPC_ADDRESS` and `GRPC_PORT` for a port named grpc, and so on. */
function portVariables({ ports }: PlacedPod): Record<string, string> {
  const pairs = [...ports].flatMap(([name, port]) => [
    [`${variableName(name)}_ADDRESS`, LOOPBACK],
    [`${variableName(name)}_PORT`, String(port)],
  ]);
  return Object.fromEntries(pairs) as Record<string, string>;
}

function localProbe(
  asked: Probe | undefined,
  placed: PlacedPod,
  fault: (text: string) => void,
): LocalProbe | undefined {
  const { grpc, httpGet, tcpSocket } = asked ?? {};
  const wanted = grpc?.port ?? httpGet?.port ?? tcpSocket?.port;
  if (!asked || wanted === undefined) return undefined;
  const port = localPort(placed, wanted);
  if (port === undefined) {
    fault(`port ${wanted} is not among the ports of container ${placed.container.name}`);
    return undefined;
  }
  const { initialDelaySeconds, periodSeconds, failureThreshold, timeoutSeconds } = asked;
  return {
    port,
    initialDelaySeconds,
    periodSeconds,
    failureThreshold,
    timeoutSeconds,
    ...(grpc && { grpcService: grpc.service ?? '' }),
    ...(httpGet && { httpPath: httpGet.path }),
  };
}
