import type { Db } from 'mongodb';
import { serve, type Served } from '../../kit/testing/serve';
import type { CallSpec } from '../../kit/declaration';
import type { Database } from '../../kit/mongo/store';
import type { Till } from '../charging';
import { createFakeProcessor } from '../fake-processor';
import { createPaymentHandlers } from '../handlers';
import { payment } from '../service';
import { createPaymentStore } from '../store';

/** With time enough for a hundred at once on a busy machine: the deadlines of the declaration are not what is tested. */
export const paymentCalls = patient(payment.only('charge', 'refund', 'getPayment'));

/** A release of the service under test, on a database that others may use as well. */
export async function servePayment(db: Database, different: Partial<Till> = {}): Promise<Served<typeof paymentCalls>> {
  const payments = await createPaymentStore(db);
  const till: Till = { payments, processor: createFakeProcessor(db), feeBasisPoints: undefined, ...different };
  return serve(payment, createPaymentHandlers(till), paymentCalls);
}

/** What the processor has moved, an entry for each time. */
export async function movedBy(db: Db, what: 'Charges' | 'Refunds'): Promise<number[]> {
  const entries = await db.collection<{ minorUnits: number }>(`processor${what}`).find().toArray();
  return entries.map(({ minorUnits }) => minorUnits);
}

export const eur = (minorUnits: number) => ({ currencyCode: 'EUR', minorUnits: BigInt(minorUnits) });

function patient<T extends CallSpec>(spec: T): T {
  return { ...spec, methods: spec.methods.map((method) => ({ ...method, timeoutMs: 30_000 })) };
}
