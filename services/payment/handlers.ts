import type { Money, Money__Output } from '../../proto/gen/types/weft/payment/v1/Money';
import type { Payment } from '../../proto/gen/types/weft/payment/v1/Payment';
import type { Refund } from '../../proto/gen/types/weft/payment/v1/Refund';
import type { Handlers } from '../kit/rpc';
import { toTimestamp } from '../kit/timestamp';
import { charge, type Till } from './charging';
import type { Amount } from './processor';
import { findPayment, refund, type Refunded } from './refunding';
import type { payment } from './service';
import type { PaymentRecord } from './store';

export function createPaymentHandlers(till: Till): Handlers<typeof payment> {
  return {
    async charge({ idempotencyKey, amount, paymentMethod, description }) {
      const fields = { idempotencyKey, amount: toAmount(amount), paymentMethod, description };
      return { payment: toPayment(await charge(till, fields)) };
    },

    async refund({ paymentId, idempotencyKey, amount }) {
      return { refund: toRefund(await refund(till, { paymentId, idempotencyKey, amount: toAmount(amount) })) };
    },

    async getPayment({ paymentId }) {
      return { payment: toPayment(await findPayment(till, paymentId)) };
    },
  };
}

/** The contract's rules say that it is there, and small enough for a number. */
function toAmount(money: Money__Output | null): Amount {
  const { currencyCode, minorUnits } = money as Money__Output;
  return { currency: currencyCode, minorUnits: Number(minorUnits) };
}

function toPayment(record: PaymentRecord): Payment {
  const { paymentId, status, description, amount, refundedMinorUnits, feeMinorUnits, createdAt } = record;
  return {
    paymentId,
    amount: toMoney(amount.currency, amount.minorUnits),
    refunded: toMoney(amount.currency, refundedMinorUnits),
    status: `PAYMENT_STATUS_${status}`,
    description,
    createdAt: toTimestamp(createdAt),
    // Also in a release without a fee: it is part of the payment, whoever answers.
    ...(feeMinorUnits === undefined ? {} : { fee: toMoney(amount.currency, feeMinorUnits) }),
  };
}

function toRefund({ payment: { paymentId, amount }, refund }: Refunded): Refund {
  const { refundId, minorUnits, createdAt } = refund;
  return { refundId, paymentId, amount: toMoney(amount.currency, minorUnits), createdAt: toTimestamp(createdAt) };
}

function toMoney(currencyCode: string, minorUnits: number): Money {
  return { currencyCode, minorUnits: String(minorUnits) };
}
