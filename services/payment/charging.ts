import { StatusError } from '../kit/errors/status-error';
import { feeOf } from './fee';
import { DeclinedError, type Processor, unreachable } from './processor';
import type { ChargeFields, Outcome, PaymentRecord, PaymentStore } from './store';

/** The dependencies of charges and refunds. */
export interface Till {
  payments: PaymentStore;
  processor: Processor;
  /** In hundredths of a percent; undefined in a release without a fee. */
  feeBasisPoints: number | undefined;
}

/**
 * Charges once per idempotency key. A crash cannot leave a lock behind, because there is none: every call with the key
 * does the steps that are left, also several calls at once, and every step can be repeated.
 *
 * 1. Store the payment as PENDING. The unique index on the key admits one; all calls continue with that one.
 * 2. Ask the processor to charge, with the id of the payment as its key.
 * 3. Store the outcome.
 *
 * @throws StatusError payment.key-reused, payment.declined, processor.unavailable
 */
export async function charge(till: Till, fields: ChargeFields): Promise<PaymentRecord> {
  const opened = await till.payments.open(fields, feeOf(fields.amount, till.feeBasisPoints));
  if (!sameCharge(opened, fields))
    // Not ALREADY_EXISTS: a caller could read it as "my earlier attempt worked".
    throw new StatusError('FAILED_PRECONDITION', 'payment.key-reused', { idempotency_key: fields.idempotencyKey });
  const settled = opened.status === 'PENDING' ? await settle(till, opened) : opened;
  if (settled.status === 'DECLINED')
    throw new StatusError('FAILED_PRECONDITION', 'payment.declined', { payment_id: settled.paymentId });
  return settled;
}

async function settle({ payments, processor }: Till, payment: PaymentRecord): Promise<PaymentRecord> {
  return payments.settle(payment.paymentId, await outcomeOf(processor, payment));
}

async function outcomeOf(processor: Processor, { paymentId, paymentMethod, amount }: PaymentRecord): Promise<Outcome> {
  try {
    return { status: 'CHARGED', chargeId: await processor.charge({ key: paymentId, paymentMethod, amount }) };
  } catch (error) {
    if (error instanceof DeclinedError) return { status: 'DECLINED' };
    throw unreachable(error);
  }
}

/** Ignores the fee, which the release that created the payment decided. */
function sameCharge(payment: PaymentRecord, { amount, paymentMethod, description }: ChargeFields): boolean {
  return (
    payment.amount.minorUnits === amount.minorUnits &&
    payment.amount.currency === amount.currency &&
    payment.paymentMethod === paymentMethod &&
    payment.description === description
  );
}
