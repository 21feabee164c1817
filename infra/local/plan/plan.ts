import { join } from 'node:path';
import { environmentOf, expandVariables, type Sources } from '../manifests/environment';
import type { Container, Deployment, Probe, Resources, Service } from '../manifests/resources';
import { mountSecrets, type SecretFile } from '../manifests/secret-volumes';
import type { LocalService } from './local-service';
import { serviceVariablesOf, targetsOf, variable } from './targets';

/** A probe of a local process. */
export interface LocalProbe extends Pick<
  Probe,
  'initialDelaySeconds' | 'periodSeconds' | 'failureThreshold' | 'timeoutSeconds'
> {
  port: number;
  /** The health service to ask for, the path to get, or neither to just connect. */
  grpcService?: string;
  httpPath?: string;
}

/** A pod as a process on this machine. */
export interface LocalPod {
  /** For example `greeter-0`. */
  name: string;
  /** The program and its arguments. */
  command: string[];
  /** Where it runs. */
  folder: string;
  env: Record<string, string>;
  /** What has to be there when it runs. */
  files: SecretFile[];
  graceSeconds: number;
  probes: { startup?: LocalProbe; readiness?: LocalProbe; liveness?: LocalProbe };
}

/** What is to run. */
export interface LocalPlan {
  pods: LocalPod[];
  services: LocalService[];
  /** Names of Deployments that are an image alone, which takes a container runtime. */
  images: string[];
}

/** What planning needs to know of this machine. */
export interface Machine extends Pick<Sources, 'secret'> {
  /** The folder that is `/app` in an image. */
  appFolder: string;
  /** The folder for the files of Secrets. */
  secretsFolder: string;
  /** Chooses a free port. @param wanted is taken if it is free */
  choosePort(wanted?: number): Promise<number>;
  /** Settings that every process gets on this machine, whatever its manifest says. */
  env: Record<string, string>;
}

const LOOPBACK = '127.0.0.1';

interface Placed {
  deployment: Deployment;
  replica: number;
  container: Container;
  /** Local port by the name of the container's port. */
  ports: Map<string, number>;
}

/**
 * Says how a set of manifests runs on this machine: each replica of a Deployment as a process with ports of
 * its own, each Service as the addresses behind it.
 *
 * @throws Error that lists what cannot be run, with the Deployment and the field
 */
export async function planLocal(resources: Resources, machine: Machine): Promise<LocalPlan> {
  const placed: Placed[] = [];
  const images = resources.deployments.filter(isImage).map(({ metadata }) => metadata.name);
  for (const deployment of resources.deployments.filter((each) => !isImage(each)))
    for (let replica = 0; replica < deployment.spec.replicas; replica += 1)
      placed.push(await place(deployment, replica, resources.services, machine));
  const services = resources.services.flatMap((service) => localServices(service, placed));
  const faults: string[] = [];
  const pods = placed.map((each) => podOf(each, placed, resources, services, machine, faults));
  if (faults.length > 0) throw new Error(`these manifests cannot run here:\n  ${[...new Set(faults)].join('\n  ')}`);
  return { pods, services, images };
}

/** Without a command it is the image that knows what to run. */
function isImage({ spec }: Deployment): boolean {
  return spec.template.spec.containers.some(({ command }) => command.length === 0);
}

async function place(deployment: Deployment, replica: number, services: Service[], machine: Machine): Promise<Placed> {
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

function localServices(service: Service, placed: Placed[]): LocalService[] {
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

function podName({ deployment, replica }: Placed): string {
  return `${deployment.metadata.name}-${replica}`;
}

function localPort({ container, ports }: Placed, port: number | string): number | undefined {
  const named = container.ports.find(({ name, containerPort }) => name === port || containerPort === port);
  return named && ports.get(named.name);
}

/** A headless Service has no address of its own to tell. */
function linksOf({ deployment }: Placed, all: Placed[], services: Service[]): Record<string, string> {
  if (!deployment.spec.template.spec.enableServiceLinks) return {};
  const linked = services.filter(
    ({ metadata, spec }) => metadata.namespace === deployment.metadata.namespace && spec.clusterIP !== 'None',
  );
  return serviceVariablesOf(linked.flatMap((service) => localServices(service, all)));
}

function podOf(
  placed: Placed,
  all: Placed[],
  resources: Resources,
  services: LocalService[],
  machine: Machine,
  faults: string[],
): LocalPod {
  const { deployment, container } = placed;
  const where = `Deployment ${deployment.metadata.name}`;
  const { containers, terminationGracePeriodSeconds } = deployment.spec.template.spec;
  if (containers.length > 1) faults.push(`${where}: has ${containers.length} containers; a process can be one`);
  const here = { ...addressesOf(placed), ...targetsOf(services), ...machine.env };
  const links = linksOf(placed, all, resources.services);
  const sources = {
    configMaps: resources.configMaps,
    secret: machine.secret,
    services: links,
    here,
    pod: podName(placed),
  };
  const fault = (text: string): void => void faults.push(`${where}: ${text}`);
  const own = environmentOf(deployment, container, sources, fault);
  const folder = join(machine.secretsFolder, podName(placed));
  const mounted = mountSecrets(deployment, container, own, { folder, secret: machine.secret }, fault);
  const env = { ...own, ...mounted.env, ...here };
  // What only this machine sets, a pod does not know.
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

/** `GRPC_ADDRESS`, `GRPC_PORT` for a port named grpc, and so on: the places in a pod become places here. */
function addressesOf({ ports }: Placed): Record<string, string> {
  const pairs = [...ports].flatMap(([name, port]) => [
    [`${variable(name)}_ADDRESS`, LOOPBACK],
    [`${variable(name)}_PORT`, String(port)],
  ]);
  return Object.fromEntries(pairs) as Record<string, string>;
}

function localProbe(asked: Probe | undefined, placed: Placed, fault: (text: string) => void): LocalProbe | undefined {
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
