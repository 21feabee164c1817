import { parseDocument, type YAMLParseError } from 'yaml';
import * as z from 'zod';
import { isObjectKey, isOwnVariable } from '../../services/kit/declaration';
import { faultsOf } from './faults';
import { textFault } from '../text';

/** YAML takes `1.10` for a number. What is missing is told as everywhere. */
const TEXT = z.string({
  error: ({ input }) => (input === undefined ? undefined : 'must be a text; put it into quotes'),
});

const VERSION = TEXT.regex(
  /^[a-z][a-z0-9]{0,19}$/,
  'must be a letter and up to 19 letters or digits, for example v1',
).refine((version) => !isObjectKey(version), 'is what every object in JavaScript has; give it another name');

const VARIABLE = z
  .string()
  .regex(/^[A-Za-z_]\w*$/, 'must be letters, digits and _, and begin with no digit')
  .refine(isOwnVariable, 'is that of a variable that the charts set; leave it out');

const VALUE = TEXT.refine((text) => textFault(text) === undefined, {
  error: ({ input }) => textFault(input as string),
});

const RELEASED = z
  .strictObject({
    version: VERSION,
    tag: TEXT.regex(
      /^\w[\w.-]{0,127}$/,
      'is no tag of an image; write letters, digits, dots, dashes and _, no dot or dash first',
    ).optional(),
    digest: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 hexadecimal digits')
      .optional(),
    env: z.record(VARIABLE, VALUE).default({}),
  })
  .refine(({ tag, digest }) => (tag === undefined) !== (digest === undefined), {
    error: 'must have either a tag or a digest',
    // Also where something else is wrong, so that all is told at once.
    when: ({ value }) => typeof value === 'object' && value !== null,
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
  const read = readYaml(text, faults);
  if (read === undefined) return () => undefined;
  // An empty file says nothing, and what it should say is told of each service.
  const written = read ?? {};
  const result = FILE.safeParse(written, { reportInput: true });
  if (!result.success) faults.push(...faultsOf(result.error));
  faults.push(...serviceFaults(written, services));
  const named = new Map(Object.entries(result.data?.services ?? {}));
  return (service) => named.get(service) ?? result.data?.default;
}

/** @returns what a text says; nothing where it cannot be read */
function readYaml(text: string, faults: string[]): unknown {
  const document = parseDocument(text);
  faults.push(...document.errors.map(sentenceOf));
  if (document.errors.length > 0) return undefined;
  try {
    return document.toJS() as unknown;
  } catch (error) {
    // An alias without an anchor, or so many that they would fill the memory.
    faults.push(`the file: ${(error as Error).message}`);
    return undefined;
  }
}

/** The library's words, but for advice to whoever wrote the program. */
function sentenceOf({ code, message }: YAMLParseError): string {
  if (code === 'MULTIPLE_DOCS') return 'the file: has several documents; remove the line --- between them';
  return `the file: ${message.split('\n')[0]?.replace(/:$/, '')}`;
}

/** Services that are named and not there, or there and not released, whatever else is wrong with the file. */
function serviceFaults(written: unknown, services: readonly string[]): string[] {
  if (typeof written !== 'object' || written === null) return [];
  const named = new Set(Object.keys(namedIn(written)));
  const missing = 'default' in written ? [] : services.filter((service) => !named.has(service));
  return [
    ...[...named]
      .filter((name) => !services.includes(name))
      .map((name) => `services.${name}: there is no such service; there are ${services.join(', ')}`),
    ...missing.map((name) => `services.${name}: has no release; add ${name}: { stable: { version: v1, tag: … } }`),
  ];
}

/** The services that a file names, whatever else is wrong with it. */
function namedIn(written: object): object {
  const { services } = written as { services?: unknown };
  return typeof services === 'object' && services !== null ? services : {};
}
