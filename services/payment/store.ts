import { randomUUID } from 'node:crypto';
import { MongoServerError } from 'mongodb';
import type { Database } from '../kit/mongo/store';
import type { Amount } from './processor';

/** A refund as stored in its payment. */
export interface RefundRecord {
  refundId: string;
  idempotencyKey: string;
  minorUnits: number;
  /** Whether the processor has given the money back. */
  done: boolean;
  createdAt: Date;
}

/** The fields of a request for a charge. */
export interface ChargeFields {
  idempotencyKey: string;
  paymentMethod: string;
  amount: Amount;
  description: string;
}

/** A payment as stored. */
export interface PaymentRecord extends ChargeFields {
  paymentId: string;
  status: 'PENDING' | 'CHARGED' | 'DECLINED';
  /** In the currency of the amount; absent if the release that created the payment has no fee. */
  feeMinorUnits?: number;
  /** The processor's id of the charge, once it has taken the money. */
  chargeId?: string;
  /** The sum of all refunds. */
  refundedMinorUnits: number;
  refunds: RefundRecord[];
  createdAt: Date;
}

/** How a charge ended. */
export type Outcome = { status: 'CHARGED'; chargeId: string } | { status: 'DECLINED' };

export type PaymentStore = Awaited<ReturnType<typeof createPaymentStore>>;

/** MongoDB's code for a write that a unique index refuses. */
export const DUPLICATE_KEY = 11_000;

/**
 * The collection `payments`: a document per payment, with its refunds. MongoDB changes a document as a whole, so the
 * refunds and their sum never disagree.
 */
export async function createPaymentStore(db: Database) {
  const payments = () => db.collection<PaymentRecord>('payments');
  await payments().createIndexes([
    { key: { paymentId: 1 }, unique: true },
    { key: { idempotencyKey: 1 }, unique: true },
  ]);
  return {
    async find(paymentId: string): Promise<PaymentRecord | undefined> {
      return (await payments().findOne({ paymentId })) ?? undefined;
    },

    /** Finds or creates the payment of a key. @param feeMinorUnits the fee of a payment that is created */
    async open(fields: ChargeFields, feeMinorUnits: number | undefined): Promise<PaymentRecord> {
      const made: PaymentRecord = {
        paymentId: `p-${randomUUID()}`,
        ...fields,
        status: 'PENDING',
        ...(feeMinorUnits === undefined ? {} : { feeMinorUnits }),
        refundedMinorUnits: 0,
        refunds: [],
        createdAt: new Date(),
      };
      if (await inserted(() => payments().insertOne({ ...made }))) return made;
      return payments().findOne({ idempotencyKey: fields.idempotencyKey }) as Promise<PaymentRecord>;
    },

    /** Stores the outcome of a charge. A second call with the same outcome changes nothing. */
    async settle(paymentId: string, outcome: Outcome): Promise<PaymentRecord> {
      await payments().updateOne({ paymentId, status: 'PENDING' }, { $set: outcome });
      return payments().findOne({ paymentId }) as Promise<PaymentRecord>;
    },

    /** Adds a refund. @returns false if its key is known already, or if less than its amount is left */
    async addRefund({ paymentId, amount }: PaymentRecord, refund: RefundRecord): Promise<boolean> {
      const { idempotencyKey, minorUnits } = refund;
      const left = { refundedMinorUnits: { $lte: amount.minorUnits - minorUnits } };
      const free = { 'refunds.idempotencyKey': { $ne: idempotencyKey } };
      const change = { $push: { refunds: refund }, $inc: { refundedMinorUnits: minorUnits } };
      const { modifiedCount } = await payments().updateOne({ paymentId, ...left, ...free }, change);
      return modifiedCount === 1;
    },

    /** Stores that the money of a refund was given back. */
    async finishRefund(paymentId: string, refundId: string): Promise<void> {
      await payments().updateOne({ paymentId, 'refunds.refundId': refundId }, { $set: { 'refunds.$.done': true } });
    },
  };
}

async function inserted(insert: () => Promise<unknown>): Promise<boolean> {
  try {
    await insert();
    return true;
  } catch (error) {
    if (error instanceof MongoServerError && error.code === DUPLICATE_KEY) return false;
    throw error;
  }
}
