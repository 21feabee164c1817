import { inspect } from 'node:util';
import { PaymentStatus } from '../../proto/gen/weft/payment/v1/payment_pb';
import type { Db } from 'mongodb';
import { startMongo, type TestMongo } from '../../infra/embedded-mongodb/testing/start-mongo';
import { rootCall } from '../kit/protocol/call';
import { createReplacedClient } from '../kit/testing/replaced-client';
import type { Served } from '../kit/testing/serve';
import { DECLINED_METHOD } from './fake-processor';
import { eur, movedBy, type paymentCalls, servePayment } from './testing/serve-payment';

const context = rootCall({});
const book = { idempotencyKey: 'k-1', amount: eur(1050), paymentMethod: 'pm-1', description: 'A book' };

let database: TestMongo;
let db: Db;
let served: Served<typeof paymentCalls>;

beforeAll(async () => {
  database = await startMongo();
  db = database.client.db('payment');
  served = await servePayment(db);
});

afterAll(async () => {
  await served.stop();
  await database.stop();
});

beforeEach(() =>
  Promise.all(
    ['payments', 'processorCharges', 'processorRefunds'].map((name) => db.collection<object>(name).deleteMany({})),
  ),
);

const charge = async (request: object = {}) =>
  (await served.client.charge({ ...book, ...request }, context)).payment ?? { paymentId: '' };
const refund = (paymentId: string, idempotencyKey: string, minorUnits: number) =>
  served.client.refund({ paymentId, idempotencyKey, amount: eur(minorUnits) }, context);

describe('charge', () => {
  test('takes the amount, and getPayment tells of it', async () => {
    const payment = await charge();
    expect(payment).toEqual({
      paymentId: expect.stringMatching(/^p-./),
      amount: eur(1050),
      refunded: eur(0),
      status: PaymentStatus.CHARGED,
      description: 'A book',
      createdAt: { seconds: expect.any(BigInt), nanos: expect.any(Number) },
    });
    expect(await served.client.getPayment({ paymentId: payment.paymentId }, context)).toEqual({ payment });
    expect(await movedBy(db, 'Charges')).toEqual([1050]);
  });

  test('of 100 at once with one key takes it once, and answers all the same', async () => {
    const payments = await Promise.all(Array.from({ length: 100 }, () => charge()));
    expect(new Set(payments.map((payment) => inspect(payment, { depth: 9 }))).size).toBe(1);
    expect(payments[0]).toMatchObject({ status: PaymentStatus.CHARGED });
    expect(await movedBy(db, 'Charges')).toEqual([1050]);
    expect(await db.collection('payments').countDocuments()).toBe(1);
  });

  test('takes it for each key', async () => {
    const payments = await Promise.all(['a', 'b', 'c'].map((idempotencyKey) => charge({ idempotencyKey })));
    expect(new Set(payments.map(({ paymentId }) => paymentId)).size).toBe(3);
    expect(await movedBy(db, 'Charges')).toEqual([1050, 1050, 1050]);
  });

  test('answers a repetition with the payment as it is by then', async () => {
    const { paymentId } = await charge();
    await refund(paymentId, 'r-1', 50);
    expect(await charge()).toMatchObject({ paymentId, refunded: eur(50) });
  });

  test.each([
    ['amount', { amount: eur(1051) }],
    ['currency', { amount: { ...eur(1050), currencyCode: 'USD' } }],
    ['payment method', { paymentMethod: 'pm-2' }],
    ['description', { description: 'Two books' }],
  ])('refuses a key that came with another %s', async (_, different) => {
    const payment = await charge();
    await expect(charge(different)).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
      message: 'payment.key-reused (idempotency_key: k-1)',
    });
    expect(await charge()).toEqual(payment);
    expect(await movedBy(db, 'Charges')).toEqual([1050]);
  });

  test('of different requests at once with one key lets one through', async () => {
    const amounts = Array.from({ length: 20 }, (_, n) => eur(n + 1));
    const results = await Promise.allSettled(amounts.map((amount) => charge({ amount })));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused.map(({ reason }) => (reason as { reason: string }).reason)).toEqual(
      Array.from({ length: 19 }, () => 'payment.key-reused'),
    );
    expect((await movedBy(db, 'Charges')).length).toBe(1);
  });

  test('that is declined stays so for its key, and is kept', async () => {
    const declined = { paymentMethod: DECLINED_METHOD };
    const error = { code: 'FAILED_PRECONDITION', reason: 'payment.declined' };
    await expect(charge(declined)).rejects.toMatchObject(error);
    await expect(charge(declined)).rejects.toMatchObject(error);
    const [kept] = await db.collection('payments').find().toArray();
    const { payment } = await served.client.getPayment({ paymentId: String(kept?.['paymentId']) }, context);
    expect(payment).toMatchObject({ status: PaymentStatus.DECLINED });
    expect(await movedBy(db, 'Charges')).toEqual([]);
  });

  test.each([
    [{ amount: null }, 'amount: must not be empty'],
    [{ amount: eur(0) }, 'amount: must be more than nothing'],
    [{ amount: eur(-1) }, 'amount.minor_units: must be greater than or equal to 0'],
    [{ amount: eur(100_000_000_000) }, 'amount.minor_units: must be'],
    [{ amount: { currencyCode: 'eur', minorUnits: 1n } }, 'amount.currency_code: does not match'],
    [{ idempotencyKey: '' }, 'idempotency_key: does not match'],
    [{ idempotencyKey: 'a b' }, 'idempotency_key: does not match'],
    [{ idempotencyKey: 'k'.repeat(256) }, 'idempotency_key: does not match'],
    [{ paymentMethod: '' }, 'payment_method: must not be empty'],
    [{ description: 'd'.repeat(1001) }, 'description: must be at most 1000 characters'],
  ])('refuses %j', async (different, fault) => {
    await expect(charge(different)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(fault),
    });
    expect(await db.collection('payments').countDocuments()).toBe(0);
  });

  test('takes the largest amount there is, to the last unit', async () => {
    expect(await charge({ amount: eur(99_999_999_999) })).toMatchObject({ amount: eur(99_999_999_999) });
    expect(await movedBy(db, 'Charges')).toEqual([99_999_999_999]);
  });
});

describe('refund', () => {
  test('gives back parts until nothing is left', async () => {
    const { paymentId } = await charge();
    const { refund: first } = await refund(paymentId, 'r-1', 1000);
    expect(first).toMatchObject({ refundId: expect.stringMatching(/^r-./), paymentId, amount: eur(1000) });
    await refund(paymentId, 'r-2', 50);
    await expect(refund(paymentId, 'r-3', 1)).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
      message: `refund.too-much (payment_id: ${paymentId}, left_minor_units: 0)`,
    });
    expect(await movedBy(db, 'Refunds')).toEqual([1000, 50]);
    expect(await charge()).toMatchObject({ refunded: eur(1050) });
  });

  test('of 100 at once with one key gives back once, and answers all the same', async () => {
    const { paymentId } = await charge();
    const replies = await Promise.all(Array.from({ length: 100 }, () => refund(paymentId, 'r-1', 300)));
    expect(new Set(replies.map((reply) => inspect(reply, { depth: 9 }))).size).toBe(1);
    expect(await movedBy(db, 'Refunds')).toEqual([300]);
    expect(await charge()).toMatchObject({ refunded: eur(300) });
  });

  test('of 50 at once with keys of their own gives back no more than was taken', async () => {
    const { paymentId } = await charge();
    const refunding = Array.from({ length: 50 }, (_, n) => refund(paymentId, `r-${n}`, 100));
    const results = await Promise.allSettled(refunding);
    const refused = results.filter((result) => result.status === 'rejected');
    expect(new Set(refused.map(({ reason }) => (reason as { reason: string }).reason))).toEqual(
      new Set(['refund.too-much']),
    );
    expect(await movedBy(db, 'Refunds')).toEqual(Array.from({ length: 10 }, () => 100));
    expect(await charge()).toMatchObject({ refunded: eur(1000) });
  });

  test.each([
    ['amount', eur(299)],
    ['currency', { ...eur(300), currencyCode: 'USD' }],
  ])('refuses a key that came with another %s', async (_, amount) => {
    const { paymentId } = await charge();
    await refund(paymentId, 'r-1', 300);
    await expect(served.client.refund({ paymentId, idempotencyKey: 'r-1', amount }, context)).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
      message: 'refund.key-reused (idempotency_key: r-1)',
    });
    expect(await movedBy(db, 'Refunds')).toEqual([300]);
  });

  test('takes the same key for another payment', async () => {
    const payments = await Promise.all(['a', 'b'].map((idempotencyKey) => charge({ idempotencyKey })));
    for (const { paymentId } of payments) await refund(paymentId, 'r-1', 300);
    expect(await movedBy(db, 'Refunds')).toEqual([300, 300]);
  });

  test('refuses another currency', async () => {
    const { paymentId } = await charge();
    const amount = { currencyCode: 'USD', minorUnits: 1n };
    await expect(served.client.refund({ paymentId, idempotencyKey: 'r-1', amount }, context)).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
      message: 'refund.other-currency (currency_code: EUR)',
    });
  });

  test('refuses a payment that was declined', async () => {
    await charge({ paymentMethod: DECLINED_METHOD }).catch(() => undefined);
    const [kept] = await db.collection('payments').find().toArray();
    const paymentId = String(kept?.['paymentId']);
    await expect(refund(paymentId, 'r-1', 1)).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
      message: `payment.not-charged (payment_id: ${paymentId})`,
    });
  });

  test('refuses to give back nothing', async () => {
    const { paymentId } = await charge();
    await expect(refund(paymentId, 'r-1', 0)).rejects.toMatchObject({
      message: 'request.invalid (amount: must be more than nothing)',
    });
  });
});

test.each([
  ['getPayment', () => served.client.getPayment({ paymentId: 'p-9' }, context)],
  ['refund', () => refund('p-9', 'r-1', 1)],
])('%s refuses an id that nothing has', async (_, call) => {
  await expect(call()).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: 'payment.not-found (payment_id: p-9)',
  });
});

test('a payment goes on when the client of its database is replaced', async () => {
  const replaced = createReplacedClient(database.uri, 'payment');
  const { client, stop } = await servePayment(replaced.db);
  const { payment } = await client.charge(book, context);
  await replaced.replace();
  const paymentId = payment?.paymentId ?? '';
  expect(await client.charge(book, context)).toMatchObject({ payment: { paymentId } });
  await client.charge({ ...book, idempotencyKey: 'k-2' }, context);
  await client.refund({ paymentId, idempotencyKey: 'r-1', amount: eur(50) }, context);
  expect(await client.getPayment({ paymentId }, context)).toMatchObject({ payment: { refunded: eur(50) } });
  await stop();
  await replaced.close();
});
