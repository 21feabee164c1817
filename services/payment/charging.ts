import { StatusError } from '../kit/errors/status-error';
import { feeOf } from './fee';
import { DeclinedError, type Processor, unreachable } from './processor';
import type { ChargeFields, Outcome, PaymentRecord, PaymentStore } from './store';

/** What moving money takes. */
export interface Till {
  payments: PaymentStore;
  processor: Processor;
  /** Of this release, in hundredths of a percent; none in one without a fee. */
  feeBasisPoints: number | undefined;
}

/**
 * Charges once for a key. There is no lock that a crash could leave behind: whoever comes with the key does what is
 * left to do, at the same time as others if need be, and every step can be repeated.
 *
 * 1. The payment is kept as PENDING. The unique index on the key lets one in; everybody goes on with that one.
 * 2. The processor is asked, with the id of the payment as its key.
 * 3. What it said is kept.
 *
 * @throws StatusError payment.key-reused, payment.declined, processor.unavailable
 */
export async function charge(till: Till, fields: ChargeFields): Promise<PaymentRecord> {
  const opened = await till.payments.open(fields, feeOf(fields.amount, till.feeBasisPoints));
  if (!sameCharge(opened, fields))
    // Not ALREADY_EXISTS, which a caller may take for "my earlier try has worked".
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

/** The fee is no part of it: the release that made the payment has settled that. */
function sameCharge(payment: PaymentRecord, { amount, paymentMethod, description }: ChargeFields): boolean {
  return (
    payment.amount.minorUnits === amount.minorUnits &&
    payment.amount.currency === amount.currency &&
    payment.paymentMethod === paymentMethod &&
    payment.description === description
  );
}
