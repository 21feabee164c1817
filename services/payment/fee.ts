import * as z from 'zod';
import type { Amount } from './processor';

const FEE = 'a fee in hundredths of a percent, from 0 to 10000';

/** What sets a release apart: with `PAYMENT_FEE_BASIS_POINTS` it keeps a part of what it charges, without it nothing. */
export const feeSettings = z.object({
  PAYMENT_FEE_BASIS_POINTS: z
    .string()
    .regex(/^\d{1,5}$/, FEE)
    .transform(Number)
    .refine((points) => points <= 10_000, FEE)
    .optional(),
});

/**
 * The part of an amount that is kept, in minor units, rounded down: nobody pays more than was said.
 *
 * @returns nothing for a release without a fee, which is not the same as a fee of 0
 */
export function feeOf({ minorUnits }: Amount, basisPoints: number | undefined): number | undefined {
  // The largest amount times 10,000 is still a number without loss.
  return basisPoints === undefined ? undefined : Math.floor((minorUnits * basisPoints) / 10_000);
}
