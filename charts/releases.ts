import { parseDocument } from 'yaml';
import { z } from 'zod';
import { isOwnVariable } from '../services/kit/spec';
import { faultsOf } from './faults';

const VERSION = z
  .string('must be a text; put it into quotes')
  .regex(/^[a-z][a-z0-9]{0,19}$/, 'must be a letter and up to 19 letters or digits, for example v1');

const VARIABLE = z
  .string()
  .regex(/^[A-Za-z_]\w*$/, 'is no name of an environment variable')
  .refine(isOwnVariable, 'is set by the charts; leave it out');

const RELEASED = z
  .strictObject({
    version: VERSION,
    tag: z
      .string('must be a text; put it into quotes')
      .regex(/^\w[\w.-]{0,127}$/, 'is no tag of an image')
      .optional(),
    digest: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 hexadecimal digits')
      .optional(),
    env: z.record(VARIABLE, z.string('must be a text; put it into quotes')).default({}),
  })
  .refine(({ tag, digest }) => (tag === undefined) !== (digest === undefined), {
    error: 'must have either a tag or a digest',
  });

const RELEASE = z
  .strictObject({ stable: RELEASED, canary: RELEASED.optional() })
  .refine(({ stable, canary }) => stable.version !== canary?.version, {
    path: ['canary', 'version'],
    error: 'is the stable version already; give it another, or remove the canary',
  });

const FILE = z.strictObject({
  /** For services that `services` does not name. */
  default: RELEASE.optional(),
  services: z.record(z.string(), RELEASE).nullish(),
});

/** One version of a service: its image, and what is set for this version only. */
export type ReleasedVersion = z.output<typeof RELEASED>;

/** What runs of a service: the stable version and, while one is on its way, the next. */
export type Release = z.output<typeof RELEASE>;

/** Says what runs of a service, if anything does. */
export type Releases = (service: string) => Release | undefined;

/** The versions of a release, the stable one first. */
export function versionsOf({ stable, canary }: Release): ReleasedVersion[] {
  return canary ? [stable, canary] : [stable];
}

/**
 * Reads `releases.yaml`.
 *
 * @param services that are declared
 * @param faults gets a line for everything that is wrong, with the field and what to do
 */
export function readReleases(text: string, services: readonly string[], faults: string[]): Releases {
  const document = parseDocument(text);
  faults.push(...document.errors.map(({ message }) => message.split('\n')[0] ?? message));
  if (document.errors.length > 0) return () => undefined;
  const result = FILE.safeParse(document.toJS(), { reportInput: true });
  if (!result.success) faults.push(...faultsOf(result.error));
  const named = new Map(Object.entries(result.data?.services ?? {}));
  for (const service of Object.keys(namedIn(document.toJS())))
    if (!services.includes(service))
      faults.push(`services.${service}: there is no such service; there are ${services.join(', ')}`);
  if (!result.success) return () => undefined;
  const releaseOf: Releases = (service) => named.get(service) ?? result.data.default;
  for (const service of services.filter((each) => !releaseOf(each)))
    faults.push(`services.${service}: has no release; add ${service}: { stable: { version: v1, tag: … } }`);
  return releaseOf;
}

/** The services that a file names, whatever else is wrong with it. */
function namedIn(value: unknown): object {
  const { services } = (value ?? {}) as { services?: unknown };
  return typeof services === 'object' && services !== null ? services : {};
}
