import * as z from 'zod';
import {
  checkObjectKey,
  checkVariableName,
  checkVariableValue,
  type ServiceSpec,
} from '../../services/kit/declaration';
import type { FieldFault } from '../../services/kit/faults/fault';
import { describeIssues } from './describe-issues';
import { checked, pattern } from './fields';
import { parseYaml, type YamlText } from './yaml-text';

const VERSION = checked(
  pattern(/^[a-z][a-z0-9]{0,19}$/, 'a version', 'write a letter and up to 19 letters or digits, for example v1'),
  checkObjectKey,
);

const TAG = pattern(
  /^\w[\w.-]{0,127}$/,
  'a tag of an image',
  'use letters, digits, dots, dashes and _, and do not start with a dot or dash',
);

const DIGEST = pattern(/^sha256:[0-9a-f]{64}$/, 'a digest', 'write sha256: and 64 hexadecimal digits');

/** The fault comes beside those of single fields, so it looks at what was written. */
const RELEASED = z
  .strictObject({
    version: VERSION,
    tag: TAG.optional(),
    digest: DIGEST.optional(),
    env: z.record(checked(z.string(), checkVariableName), checked(z.string(), checkVariableValue)).default({}),
  })
  .superRefine(
    ({ tag, digest }, context) => {
      if ((tag === undefined) === (digest === undefined))
        context.addIssue({
          code: 'custom',
          message: tag === undefined ? 'has no image' : 'has two images',
          params: { fix: 'write either a tag or a digest' },
        });
    },
    { when: ({ value }) => typeof value === 'object' && value !== null },
  );

const RELEASE = z
  .strictObject({ stable: RELEASED, canary: RELEASED.optional() })
  .superRefine(({ stable, canary }, context) => {
    if (stable.version === canary?.version)
      context.addIssue({
        code: 'custom',
        path: ['canary', 'version'],
        message: `${stable.version} is already the stable version`,
        params: { fix: 'give it another version, or remove the canary' },
      });
  });

const FILE = z.strictObject({
  /** For services that `services` does not name. */
  default: RELEASE.optional(),
  services: z.record(z.string(), RELEASE).nullish(),
});

/** One version of a service: its image and its own variables. */
export type ReleasedVersion = z.output<typeof RELEASED>;

/** The versions of a service: the stable one and, during a rollout, the next. */
export type Release = z.output<typeof RELEASE>;

/** Finds the release of a service. */
export type Releases = (service: string) => Release | undefined;

/** The versions of a release, the stable one first. */
export function versionsOf({ stable, canary }: Release): ReleasedVersion[] {
  return canary ? [stable, canary] : [stable];
}

/** Reads the text of `releases.yaml` for the declared services. */
export function validateReleases(
  text: string,
  services: readonly ServiceSpec[],
): { releaseOf: Releases; faults: FieldFault[] } {
  const { value, lineOf, faults }: YamlText = parseYaml(text);
  if (faults.length > 0) return { releaseOf: () => undefined, faults };
  // An empty file is valid YAML; the faults are that every service lacks a release.
  const written = value ?? {};
  const { data, error } = FILE.safeParse(written, { reportInput: true });
  const found = [...(error ? describeIssues(error) : []), ...serviceFaults(written, services)];
  const named = new Map(Object.entries(data?.services ?? {}));
  return {
    releaseOf: (service) => named.get(service) ?? data?.default,
    faults: found.map((fault) => ({ ...fault, line: lineOf(fault.path) })),
  };
}

/** Releases of unknown services, and services without a release. */
function serviceFaults(written: unknown, services: readonly ServiceSpec[]): FieldFault[] {
  if (typeof written !== 'object' || written === null) return [];
  const names = services.map(({ name }) => name);
  const released = Object.keys(servicesIn(written));
  const missing = 'default' in written ? [] : names.filter((name) => !released.includes(name));
  return [
    ...released
      .filter((name) => !names.includes(name))
      .map((name) => ({
        path: `services.${name}`,
        message: `there is no service "${name}"`,
        fix: `the services are ${names.join(', ')}`,
      })),
    ...missing.map((name) => ({
      path: `services.${name}`,
      message: 'is missing',
      fix: `add ${name}: { stable: { version: v1, tag: … } }`,
    })),
  ];
}

/** The entries of `services`, also in a file with faults. */
function servicesIn(written: object): object {
  const { services } = written as { services?: unknown };
  return typeof services === 'object' && services !== null ? services : {};
}
