import { StatusError } from '../kit/errors/status-error';

/** An amount of money; up to 99,999,999,999 minor units, so a number holds it exactly. */
export interface Amount {
  currency: string;
  /** In the smallest unit that ISO 4217 gives the currency. */
  minorUnits: number;
}

/** What a processor is asked to take. */
export interface ProcessorCharge {
  /** Names the charge: the same key again takes nothing. */
  key: string;
  paymentMethod: string;
  amount: Amount;
}

/** What a processor is asked to give back. */
export interface ProcessorRefund {
  /** Names the refund: the same key again gives nothing back. */
  key: string;
  /** The processor's own id of the charge. */
  chargeId: string;
  amount: Amount;
}

/**
 * Who moves the money: a provider of payments behind a network.
 *
 * Both methods may be called again with a key, after a crash or at the same time, so a processor has to know its keys
 * for good. Of providers that forget theirs after a day, or answer "in use" to a key that is under way, an adapter
 * looks the charge up first, and waits.
 */
export interface Processor {
  /**
   * @returns the processor's own id of the charge
   * @throws DeclinedError where no money was taken, nor will be for this key; any other error leaves that open
   */
  charge(charge: ProcessorCharge): Promise<string>;
  /** @throws Error where it is open whether money was given back */
  refund(refund: ProcessorRefund): Promise<void>;
}

/** The processor will not take money from this payment method. */
export class DeclinedError extends Error {}

/** What a caller learns of a processor that gave no answer: nothing but to come again with the same key. */
export function unreachable(cause: unknown): StatusError {
  return new StatusError('UNAVAILABLE', 'processor.unavailable', {}, { retryAfterMs: 1_000, cause });
}
