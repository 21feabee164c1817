import * as z from 'zod';
import {
  checkAddressRange,
  checkHost,
  checkPort,
  checkText,
  isDomain,
  isRepository,
} from '../../services/kit/declaration';
import type { FaultText, FieldFault } from '../../services/kit/faults/fault';

/** A field with values that pass a check. */
export function checked<T extends z.ZodType>(schema: T, check: (value: z.output<T>) => FaultText | undefined): T {
  return schema.superRefine((value, context) => {
    const fault = check(value);
    if (fault) context.addIssue({ code: 'custom', message: fault.message, params: { fix: fault.fix } });
  });
}

/**
 * A schema whose fields have to fit together.
 *
 * @param reads the fields that the check depends on. A fault in others does not keep it from running, so that a person
 *   sees all faults at once
 */
export function crossChecked<T extends z.ZodType>(
  schema: T,
  reads: readonly string[],
  check: (value: z.output<T>) => readonly FieldFault[],
): T {
  return schema.superRefine(
    (value, context) => {
      for (const { path, message, fix } of check(value))
        context.addIssue({ code: 'custom', path: path.split('.').filter(Boolean), message, params: { fix } });
    },
    { when: ({ issues }) => !issues.some((issue) => reads.some((field) => touches(issue, field))) },
  );
}

/** True for an issue of the field itself, of one around it, or of one within it. */
function touches({ code, path = [] }: z.core.$ZodRawIssue, field: string): boolean {
  const place = path.join('.');
  return code === 'unrecognized_keys'
    ? false
    : place === '' || `${field}.`.startsWith(`${place}.`) || place.startsWith(`${field}.`);
}

/** A text that passes a test. @param kind for example `a port` */
export function text(test: (value: string) => boolean, kind: string, fix: string): z.ZodString {
  return checked(z.string(), (value) => (test(value) ? undefined : { message: `"${value}" is not ${kind}`, fix }));
}

/** A text that matches a pattern. */
export function pattern(regex: RegExp, kind: string, fix: string): z.ZodString {
  return text((value) => regex.test(value), kind, fix);
}

/** A Kubernetes DNS label. @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
export const LABEL = pattern(
  /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  'a DNS label',
  'use lower-case letters, digits and dashes, at most 63',
);

/** The name of something that Weft does not make, so any text that is not empty. */
export const NAME = checked(z.string(), (value) =>
  value === '' ? { message: 'is empty', fix: 'write a name' } : checkText(value),
);

export const PORT = checked(z.number(), checkPort);
export const HOST = checked(z.string(), checkHost);
export const CIDR = checked(z.string(), checkAddressRange);
export const DOMAIN = text(isDomain, 'a DNS domain', 'write for example cluster.local');

/** Where images come from: `<registry>/<image>`. */
export const REGISTRY = text(
  (registry) => isRepository(`${registry}/image`),
  'an image registry',
  'write for example ghcr.io/example',
);

/** A list with at least one entry. */
export function list<T extends z.ZodType>(entry: T): z.ZodArray<T> {
  return checked(z.array(entry), (entries) =>
    entries.length > 0 ? undefined : { message: 'is empty', fix: 'write at least one entry, or remove the list' },
  );
}
