import { posix, resolve } from 'node:path';
import type { Container, Deployment, SecretVolume } from './resources';

/** A file that a pod finds in a volume. */
export interface SecretFile {
  path: string;
  content: string;
}

/** What of a pod's Secrets is on this machine. */
export interface MountedSecrets {
  /** The variables that are paths in a volume, as paths of this machine. */
  env: Record<string, string>;
  files: SecretFile[];
}

/** Where the files of one pod go, and where their content comes from. */
export interface SecretSource {
  folder: string;
  secret(variable: string): string | undefined;
}

type Mount = Container['volumeMounts'][number] & { secret: SecretVolume };

/**
 * Puts a pod's Secret volumes onto this machine. What is in a Secret is known here only for variables: a file that
 * `X_FILE` names is what `X` is set to.
 *
 * @param env the pod's environment, with paths as they are in the pod
 * @param fault is told of every Secret that cannot be had and is not optional
 */
export function mountSecrets(
  deployment: Deployment,
  container: Container,
  env: Readonly<Record<string, string>>,
  source: SecretSource,
  fault: (text: string) => void,
): MountedSecrets {
  const mounted: MountedSecrets = { env: {}, files: [] };
  for (const mount of mountsOf(deployment, container)) {
    const named = Object.entries(env).flatMap(([variable, value]) => {
      const file = fileIn(mount, value);
      return file === undefined ? [] : [{ variable, file }];
    });
    // One variable may refer to another, which says what is in the file.
    const isWritten = (file: string): boolean =>
      named.some((each) => each.file === file && contentOf(each.variable, file, mount, source).content !== undefined);
    if (named.length === 0 && !mount.secret.optional) fault(unnamed(mount));
    for (const { variable, file } of named) {
      const path = resolve(source.folder, mount.name, file);
      const { content, missing } = contentOf(variable, file, mount, source);
      mounted.env[variable] = path;
      if (content !== undefined) mounted.files.push({ path, content });
      else if (!mount.secret.optional && !isWritten(file)) fault(`env ${variable}: ${missing}`);
    }
  }
  return mounted;
}

function mountsOf({ spec }: Deployment, { volumeMounts }: Container): Mount[] {
  const { volumes } = spec.template.spec;
  return volumeMounts.flatMap((mount) => {
    const secret = volumes.find(({ name }) => name === mount.name)?.secret;
    return secret ? [{ ...mount, secret }] : [];
  });
}

/** Which file of the volume a path in the pod is, if it is one. */
function fileIn({ mountPath, subPath }: Mount, path: string): string | undefined {
  const below = posix.relative(mountPath, path);
  if (!posix.isAbsolute(path) || below.startsWith('..')) return undefined;
  return posix.join(subPath, below).replace(/^\.$/, '') || undefined;
}

function contentOf(
  variable: string,
  file: string,
  { name, secret }: Mount,
  source: SecretSource,
): { content?: string | undefined; missing: string } {
  if (secret.items && !secret.items.some(({ path }) => path === file))
    return { missing: `volume ${name} has no file ${file} among its items` };
  const [, ownName] = /^(.+)_FILE$/.exec(variable) ?? [];
  if (ownName === undefined)
    return {
      missing: `is a file of Secret ${secret.secretName}; only that of a variable X_FILE can be set here, as X`,
    };
  return {
    content: source.secret(ownName),
    missing: `is a file of Secret ${secret.secretName}; set ${ownName} in this shell`,
  };
}

function unnamed({ name, mountPath, secret }: Mount): string {
  return (
    `volume ${name}: what Secret ${secret.secretName} has cannot be known here; ` +
    `name each file with a variable, for example TOKEN_FILE=${posix.join(mountPath, 'token')}`
  );
}
