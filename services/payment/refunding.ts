import { randomUUID } from 'node:crypto';
import { StatusError } from '../kit/errors/status-error';
import type { Till } from './charging';
import { type Amount, unreachable } from './processor';
import type { PaymentRecord, RefundRecord } from './store';

/** The fields of a request for a refund. */
export interface RefundFields {
  paymentId: string;
  idempotencyKey: string;
  amount: Amount;
}

/** A refund and its payment. */
export interface Refunded {
  payment: PaymentRecord;
  refund: RefundRecord;
}

/**
 * Refunds once per key of the payment. As with a charge, the refund is stored first and the processor asked second, and
 * every call with the key does the steps that are left.
 *
 * @throws StatusError payment.not-found, payment.not-charged, refund.key-reused, refund.other-currency, refund.too-much,
 *   processor.unavailable
 */
export async function refund(till: Till, fields: RefundFields): Promise<Refunded> {
  const promised = await promise(till, fields);
  if (!promised.refund.done) await giveBack(till, promised);
  return promised;
}

async function giveBack({ processor, payments }: Till, { payment, refund }: Refunded): Promise<void> {
  const { paymentId, chargeId = '', amount } = payment;
  const { refundId, minorUnits } = refund;
  try {
    await processor.refund({ key: refundId, chargeId, amount: { ...amount, minorUnits } });
  } catch (error) {
    throw unreachable(error);
  }
  await payments.finishRefund(paymentId, refundId);
}

/** Stores the refund in the payment, unless it is there. */
async function promise(till: Till, fields: RefundFields): Promise<Refunded> {
  const payment = await findPayment(till, fields.paymentId);
  const known = payment.refunds.find(({ idempotencyKey }) => idempotencyKey === fields.idempotencyKey);
  if (known) return repeated(payment, known, fields);
  refuseImpossible(payment, fields);
  const { idempotencyKey, amount } = fields;
  const refund = { refundId: `r-${randomUUID()}`, idempotencyKey, minorUnits: amount.minorUnits, done: false };
  const made: RefundRecord = { ...refund, createdAt: new Date() };
  if (await till.payments.addRefund(payment, made)) return { payment, refund: made };
  // Another refund came in between: now the key is known, or too little is left. Neither changes again.
  return promise(till, fields);
}

/** @throws StatusError payment.not-found */
export async function findPayment({ payments }: Pick<Till, 'payments'>, paymentId: string): Promise<PaymentRecord> {
  const payment = await payments.find(paymentId);
  if (!payment) throw new StatusError('NOT_FOUND', 'payment.not-found', { payment_id: paymentId });
  return payment;
}

function repeated(payment: PaymentRecord, refund: RefundRecord, { amount, idempotencyKey }: RefundFields): Refunded {
  if (refund.minorUnits !== amount.minorUnits || payment.amount.currency !== amount.currency)
    throw new StatusError('FAILED_PRECONDITION', 'refund.key-reused', { idempotency_key: idempotencyKey });
  return { payment, refund };
}

function refuseImpossible(payment: PaymentRecord, { amount }: RefundFields): void {
  const { paymentId, status, refundedMinorUnits } = payment;
  const { currency, minorUnits } = payment.amount;
  if (status !== 'CHARGED')
    throw new StatusError('FAILED_PRECONDITION', 'payment.not-charged', { payment_id: paymentId });
  if (amount.currency !== currency)
    throw new StatusError('FAILED_PRECONDITION', 'refund.other-currency', { currency_code: currency });
  if (refundedMinorUnits + amount.minorUnits > minorUnits)
    throw new StatusError('FAILED_PRECONDITION', 'refund.too-much', {
      payment_id: paymentId,
      left_minor_units: String(minorUnits - refundedMinorUnits),
    });
}
