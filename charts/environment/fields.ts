import * as z from 'zod';
import { textFault } from '../text';

/** A Kubernetes DNS label. @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
export const LABEL = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be a DNS label: lower-case letters, digits and dashes');

/** Of something that Weft does not make, so that only its maker knows how it may be called. */
export const NAME = z
  .string()
  .min(1, 'must not be empty')
  .refine((text) => textFault(text) === undefined, { error: ({ input }) => textFault(input as string) });

export const PORT = z.int('must be a port').min(1, 'must be a port').max(65_535, 'must be a port');
/** A Kubernetes DNS subdomain. */
export const SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;
export const HOST = z.string().regex(SUBDOMAIN, 'must be the name of a host, for example api.example.com');
export const CIDR = z.union([z.cidrv4(), z.cidrv6()], {
  error: 'must be a range of addresses, for example 10.0.0.0/8',
});
