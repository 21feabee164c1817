import { posix, resolve } from 'node:path';
import type { Container, Deployment, SecretVolume } from './resources';

/** A file in a volume of a pod. */
export interface SecretFile {
  path: string;
  content: string;
}

/** The Secrets of a pod on this machine. */
export interface MountedSecrets {
  /** The variables that hold paths in a volume, as paths on this machine. */
  env: Record<string, string>;
  files: SecretFile[];
}

/** The folder for the files of one pod, and the source of their content. */
export interface SecretSource {
  folder: string;
  secret(variable: string): string | undefined;
}

type Mount = Container['volumeMounts'][number] & { secret: SecretVolume };

/**
 * Maps a pod's Secret volumes to files on this machine. Secrets come from variables of the shell: the file that `X_FILE`
 * names gets the value of `X`.
 *
 * @param env the pod's environment, with the paths inside the pod
 * @param fault called for every missing Secret that is not optional
 */
export function mountSecrets(
  deployment: Deployment,
  container: Container,
  env: Readonly<Record<string, string>>,
  source: SecretSource,
  fault: (text: string) => void,
): MountedSecrets {
  const mounted: MountedSecrets = { env: {}, files: [] };
  for (const mount of secretMounts(deployment, container)) {
    const named = Object.entries(env).flatMap(([variable, value]) => {
      const file = fileInVolume(mount, value);
      return file === undefined ? [] : [{ variable, file }];
    });
    // Another variable may already provide this file.
    const isWritten = (file: string): boolean =>
      named.some((each) => each.file === file && readContent(each.variable, file, mount, source).content !== undefined);
    if (named.length === 0 && !mount.secret.optional) fault(describeUnnamed(mount));
    for (const { variable, file } of named) {
      const path = resolve(source.folder, mount.name, file);
      const { content, missing } = readContent(variable, file, mount, source);
      mounted.env[variable] = path;
      if (content !== undefined) mounted.files.push({ path, content });
      else if (!mount.secret.optional && !isWritten(file)) fault(`env ${variable}: ${missing}`);
    }
  }
  return mounted;
}

function secretMounts({ spec }: Deployment, { volumeMounts }: Container): Mount[] {
  const { volumes } = spec.template.spec;
  return volumeMounts.flatMap((mount) => {
    const secret = volumes.find(({ name }) => name === mount.name)?.secret;
    return secret ? [{ ...mount, secret }] : [];
  });
}

/** The file of the volume that a path in the pod names, if any. */
function fileInVolume({ mountPath, subPath }: Mount, path: string): string | undefined {
  const below = posix.relative(mountPath, path);
  if (!posix.isAbsolute(path) || below.startsWith('..')) return undefined;
  return posix.join(subPath, below).replace(/^\.$/, '') || undefined;
}

function readContent(
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
      missing: `is a file of Secret ${secret.secretName}; only a variable named X_FILE can be set here, as X`,
    };
  return {
    content: source.secret(ownName),
    missing: `is a file of Secret ${secret.secretName}; set ${ownName} in this shell`,
  };
}

function describeUnnamed({ name, mountPath, secret }: Mount): string {
  return (
    `volume ${name}: Secret ${secret.secretName} cannot be read on this machine; ` +
    `name each file with a variable, for example TOKEN_FILE=${posix.join(mountPath, 'token')}`
  );
}
