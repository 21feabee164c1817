import { randomUUID } from 'node:crypto';
import { MongoServerError } from 'mongodb';
import type { Database } from '../kit/mongo/store';
import type { Amount } from './processor';

/** A refund as it is kept, in its payment. */
export interface RefundRecord {
  refundId: string;
  idempotencyKey: string;
  minorUnits: number;
  /** Whether the processor has given the money back. */
  done: boolean;
  createdAt: Date;
}

/** What a charge asks for. */
export interface ChargeFields {
  idempotencyKey: string;
  paymentMethod: string;
  amount: Amount;
  description: string;
}

/** A payment as it is kept. */
export interface PaymentRecord extends ChargeFields {
  paymentId: string;
  status: 'PENDING' | 'CHARGED' | 'DECLINED';
  /** In the currency of the amount; absent where the release that made it has no fee. */
  feeMinorUnits?: number;
  /** The processor's own id, once it has taken the money. */
  chargeId?: string;
  /** What all refunds are together. */
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
 * Payments, each a document with its refunds: the collection `payments`. A document is what MongoDB changes as a
 * whole, so a refund and the sum of all refunds never disagree.
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

    /** The payment of the key, which is made where there is none. @param feeMinorUnits of one that is made */
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

    /** Writes down how a charge ended. Who comes second, with the same news, changes nothing. */
    async settle(paymentId: string, outcome: Outcome): Promise<PaymentRecord> {
      await payments().updateOne({ paymentId, status: 'PENDING' }, { $set: outcome });
      return payments().findOne({ paymentId }) as Promise<PaymentRecord>;
    },

    /** Adds a refund. @returns whether it was: not where its key is there already, nor where less than it is left */
    async addRefund({ paymentId, amount }: PaymentRecord, refund: RefundRecord): Promise<boolean> {
      const { idempotencyKey, minorUnits } = refund;
      const left = { refundedMinorUnits: { $lte: amount.minorUnits - minorUnits } };
      const free = { 'refunds.idempotencyKey': { $ne: idempotencyKey } };
      const change = { $push: { refunds: refund }, $inc: { refundedMinorUnits: minorUnits } };
      const { modifiedCount } = await payments().updateOne({ paymentId, ...left, ...free }, change);
      return modifiedCount === 1;
    },

    /** Writes down that the money of a refund was given back. */
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
