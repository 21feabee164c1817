import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { parseManifests } from '../../mesh/yaml';

/** One service in a folder of manifests. */
export interface Released {
  readonly service: string;
  readonly namespace: string;
  /** The host of the service in the mesh. */
  readonly host: string;
  /** The port for its calls. */
  readonly port: number;
  /** The versions that have a Deployment. */
  readonly versions: string[];
  /** The manifest that has its Service. */
  readonly file: string;
  /** The folder of the environment that the manifest was made for, if Weft made it. */
  readonly environment: string | undefined;
}

type Labels = Readonly<Record<string, string>>;

const METADATA = z.object({ name: z.string(), namespace: z.string().default('default') });

const DEPLOYMENT = z.object({
  kind: z.literal('Deployment'),
  spec: z.object({
    template: z.object({
      metadata: z.object({ labels: z.record(z.string(), z.string()) }),
    }),
  }),
});

const SERVICE = z.object({
  kind: z.literal('Service'),
  metadata: METADATA,
  spec: z.object({
    selector: z.record(z.string(), z.string()).default({}),
    ports: z.array(z.object({ name: z.string().default(''), port: z.number() })).min(1),
  }),
});

const DESTINATION_RULE = z.object({ kind: z.literal('DestinationRule'), spec: z.object({ host: z.string() }) });

/**
 * Reads the services of a folder of manifests, with their versions.
 *
 * @param folder of YAML files
 * @param advice what to do if the folder has no manifests
 * @throws Error if there are none, or one of them is not YAML
 */
export function readReleased(folder: string, advice: string): Released[] {
  const files = manifestsOf(folder, advice).map((file) => ({ file, resources: parseFile(file) }));
  const all = files.flatMap(({ resources }) => resources);
  const pods = resourcesOf(DEPLOYMENT, all).map(({ spec }) => spec.template.metadata.labels);
  const hosts = resourcesOf(DESTINATION_RULE, all).map(({ spec }) => spec.host);
  return files.flatMap(({ file, resources }) =>
    resourcesOf(SERVICE, resources).map(({ metadata: { name, namespace }, spec }) => ({
      service: name,
      namespace,
      host: hostOf(name, namespace, hosts),
      port: (spec.ports.find((port) => /^(grpc|http)/.test(port.name)) ?? spec.ports[0])?.port ?? 0,
      versions: versionsOf(spec.selector, pods),
      file,
      environment: environmentOf(file),
    })),
  );
}

function resourcesOf<T>(schema: z.ZodType<T>, resources: readonly unknown[]): T[] {
  return resources.flatMap((each) => schema.safeParse(each).data ?? []);
}

/** The first line has it: `# Made by Weft from services/payment/service.ts and charts/environments/kind`. */
function environmentOf(file: string): string | undefined {
  return /^# Made by Weft from (?:.*? and )?(.+)\n/.exec(readFileSync(file, 'utf8'))?.[1];
}

/** The versions of the pods that a Service selects. */
function versionsOf(selector: Labels, pods: readonly Labels[]): string[] {
  const wanted = Object.entries(selector);
  const selected =
    wanted.length === 0 ? [] : pods.filter((labels) => wanted.every(([key, value]) => labels[key] === value));
  return [...new Set(selected.flatMap(({ version }) => version ?? []))].sort();
}

/** Spelled as in the DestinationRule that has the subsets: a host can be written in several ways. */
function hostOf(name: string, namespace: string, hosts: readonly string[]): string {
  const full = `${name}.${namespace}.svc.`;
  const found = hosts.find((host) => host.startsWith(full)) ?? hosts.find((host) => host === name);
  return found ?? `${full}cluster.local`;
}

function manifestsOf(folder: string, advice: string): string[] {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => /\.ya?ml$/.test(name)) : [];
  if (files.length === 0) throw new Error(`${folder} has no manifests; ${advice}`);
  return files.sort().map((name) => join(folder, name));
}

/** @throws Error with the file and line that is not YAML */
export function parseFile(path: string): unknown[] {
  const documents = parseManifests(readFileSync(path, 'utf8'));
  const [fault] = documents.flatMap(({ errors }) => errors);
  if (fault) throw new Error(`${path} is not valid YAML: ${fault.message.split('\n')[0]}`);
  return documents.map((document) => document.toJS() as unknown);
}
