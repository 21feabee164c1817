import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  type Money,
  type MoneySchema,
  type PaymentSchema,
  PaymentStatus,
  type RefundSchema,
} from '../../proto/gen/weft/payment/v1/payment_pb';
import type { Handlers } from '../kit/protocol/rpc';
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

/** The rules of the contract guarantee that it is set, and that a number can hold it. */
function toAmount(money: Money | undefined): Amount {
  const { currencyCode, minorUnits } = money as Money;
  return { currency: currencyCode, minorUnits: Number(minorUnits) };
}

function toPayment(record: PaymentRecord): MessageInitShape<typeof PaymentSchema> {
  const { paymentId, status, description, amount, refundedMinorUnits, feeMinorUnits, createdAt } = record;
  return {
    paymentId,
    amount: toMoney(amount.currency, amount.minorUnits),
    refunded: toMoney(amount.currency, refundedMinorUnits),
    status: PaymentStatus[status],
    description,
    createdAt: timestampFromDate(createdAt),
    // The fee belongs to the payment, so a release without a fee shows it too.
    ...(feeMinorUnits === undefined ? {} : { fee: toMoney(amount.currency, feeMinorUnits) }),
  };
}

function toRefund({ payment: { paymentId, amount }, refund }: Refunded): MessageInitShape<typeof RefundSchema> {
  const { refundId, minorUnits, createdAt } = refund;
  return { refundId, paymentId, amount: toMoney(amount.currency, minorUnits), createdAt: timestampFromDate(createdAt) };
}

function toMoney(currencyCode: string, minorUnits: number): MessageInitShape<typeof MoneySchema> {
  return { currencyCode, minorUnits: BigInt(minorUnits) };
}
