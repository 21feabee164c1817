import type { Database } from '../kit/mongo/store';
import { DeclinedError, type Processor, type ProcessorCharge, type ProcessorRefund } from './processor';
import { DUPLICATE_KEY } from './store';

/** A payment method that the fake declines. */
export const DECLINED_METHOD = 'pm-declined';

interface Entry {
  _id: string;
  minorUnits: number;
  currency: string;
}

/**
 * A processor that moves no money, for laptops and tests. Before it answers it records what it would have moved, once
 * per key, in the collections `processorCharges` and `processorRefunds`.
 */
export function createFakeProcessor(db: Database): Processor {
  const record = async (collection: string, { key, amount }: ProcessorCharge | ProcessorRefund): Promise<void> => {
    // Of two equal upserts at the same time MongoDB may fail one; the other has written the document.
    const entry = { $setOnInsert: { ...amount } };
    await db.collection<Entry>(collection).updateOne({ _id: key }, entry, { upsert: true }).catch(ignoreDuplicate);
  };
  return {
    async charge(charge) {
      if (charge.paymentMethod === DECLINED_METHOD) throw new DeclinedError('declined');
      await record('processorCharges', charge);
      return `ch-${charge.key}`;
    },
    refund: (refund) => record('processorRefunds', refund),
  };
}

function ignoreDuplicate(error: { code?: unknown }): void {
  if (error.code !== DUPLICATE_KEY) throw error as Error;
}
