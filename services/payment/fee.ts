import * as z from 'zod';
import type { Amount } from './processor';

const FEE = 'a fee in hundredths of a percent, from 0 to 10000';

/** A release with `PAYMENT_FEE_BASIS_POINTS` keeps a part of each charge, a release without it keeps nothing. */
export const feeSettings = z.object({
  PAYMENT_FEE_BASIS_POINTS: z
    .string()
    .regex(/^\d{1,5}$/, FEE)
    .transform(Number)
    .refine((points) => points <= 10_000, FEE)
    .optional(),
});

/**
 * The part of an amount that is kept, in minor units. It is rounded down, so that nobody pays more than announced.
 *
 * @returns undefined for a release without a fee, which differs from a fee of 0
 */
export function feeOf({ minorUnits }: Amount, basisPoints: number | undefined): number | undefined {
  // The largest amount times 10,000 is still a safe integer.
  return basisPoints === undefined ? undefined : Math.floor((minorUnits * basisPoints) / 10_000);
}
