import { StatusError } from '../kit/errors/status-error';

/** An amount of money: at most 99,999,999,999 minor units, which a number holds exactly. */
export interface Amount {
  currency: string;
  /** In the smallest unit of the currency, by ISO 4217. */
  minorUnits: number;
}

/** Money to take. */
export interface ProcessorCharge {
  /** Identifies the charge: a second request with the key takes nothing. */
  key: string;
  paymentMethod: string;
  amount: Amount;
}

/** Money to give back. */
export interface ProcessorRefund {
  /** Identifies the refund: a second request with the key gives nothing back. */
  key: string;
  /** The processor's own id of the charge. */
  chargeId: string;
  amount: Amount;
}

/**
 * Moves the money: a payment provider behind a network.
 *
 * Both methods may be called again with the same key, after a crash or at the same time, so a processor must remember
 * keys forever. Some providers forget a key after a day, or answer "in use" while a charge is under way: their adapter
 * has to look the charge up first, and wait.
 */
export interface Processor {
  /**
   * @returns the processor's own id of the charge
   * @throws DeclinedError if no money was taken and none ever will be for this key; any other error leaves that open
   */
  charge(charge: ProcessorCharge): Promise<string>;
  /** @throws Error if it is unknown whether money was given back */
  refund(refund: ProcessorRefund): Promise<void>;
}

/** The processor will not take money from this payment method. */
export class DeclinedError extends Error {}

/** The outcome is unknown, so the caller is told to try again with the same key. */
export function unreachable(cause: unknown): StatusError {
  return new StatusError('UNAVAILABLE', 'processor.unavailable', {}, { retryAfterMs: 1_000, cause });
}
