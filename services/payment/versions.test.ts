import { inspect } from 'node:util';
import { PaymentStatus } from '../../proto/gen/weft/payment/v1/payment_pb';
import type { Db } from 'mongodb';
import { startMongo, type TestMongo } from '../../infra/embedded-mongodb/testing/start-mongo';
import { rootCall } from '../kit/protocol/call';
import { readConfig } from '../kit/runtime/config';
import type { Served } from '../kit/testing/serve';
import { createFakeProcessor } from './fake-processor';
import { feeOf, feeSettings } from './fee';
import { eur, movedBy, type paymentCalls, servePayment } from './testing/serve-payment';
import type { Processor } from './processor';

// Two releases at work on the same data: v1 without a fee, v2 with one.

type Release = 'v1' | 'v2';

const context = rootCall({});
const book = { idempotencyKey: 'k-1', amount: eur(1050), paymentMethod: 'pm-1', description: 'A book' };

let database: TestMongo;
let db: Db;
let releases: Record<Release, Served<typeof paymentCalls>>;
const FEES: Record<Release, object | undefined> = { v1: undefined, v2: eur(26) };

beforeAll(async () => {
  database = await startMongo();
  db = database.client.db('payment');
  releases = { v1: await servePayment(db), v2: await servePayment(db, { feeBasisPoints: 250 }) };
});

afterAll(async () => {
  await Promise.all([releases.v1.stop(), releases.v2.stop()]);
  await database.stop();
});

beforeEach(() =>
  Promise.all(
    ['payments', 'processorCharges', 'processorRefunds'].map((name) => db.collection<object>(name).deleteMany({})),
  ),
);

const both: [Release, Release][] = [
  ['v1', 'v2'],
  ['v2', 'v1'],
];

test.each(both)('what %s has charged is read, repeated and refunded by %s as it is', async (first, second) => {
  const { payment } = await releases[first].client.charge(book, context);
  expect(payment?.fee).toEqual(FEES[first]);
  const paymentId = payment?.paymentId ?? '';
  const { client } = releases[second];
  expect(await client.getPayment({ paymentId }, context)).toEqual({ payment });
  expect(await client.charge(book, context)).toEqual({ payment });
  await client.refund({ paymentId, idempotencyKey: 'r-1', amount: eur(50) }, context);
  expect(await releases[first].client.getPayment({ paymentId }, context)).toEqual({
    payment: { ...payment, refunded: eur(50) },
  });
  expect([await movedBy(db, 'Charges'), await movedBy(db, 'Refunds')]).toEqual([[1050], [50]]);
});

test('of 100 charges at once with one key, half of them by each, there is one, with one fee or none', async () => {
  const charging = Array.from({ length: 100 }, (_, n) => releases[n % 2 ? 'v1' : 'v2'].client.charge(book, context));
  const replies = await Promise.all(charging);
  expect(new Set(replies.map((reply) => inspect(reply, { depth: 9 }))).size).toBe(1);
  expect(Object.values(FEES)).toContainEqual(replies[0]?.payment?.fee);
  expect(await movedBy(db, 'Charges')).toEqual([1050]);
});

test.each(both)(
  'what %s has begun, while the processor gave no answer, is finished by %s as it was',
  async (...pair) => {
    const [first, second] = pair;
    const real = createFakeProcessor(db);
    const mute: Processor = { ...real, charge: () => Promise.reject(new Error('no answer')) };
    const broken = await servePayment(db, { processor: mute, feeBasisPoints: first === 'v2' ? 250 : undefined });
    await expect(broken.client.charge(book, context)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: 'processor.unavailable',
      details: { retryAfterMs: 1_000 },
    });
    await broken.stop();
    const { payment } = await releases[second].client.charge(book, context);
    expect(payment).toMatchObject({ status: PaymentStatus.CHARGED });
    expect(payment?.fee).toEqual(FEES[first]);
    expect(await movedBy(db, 'Charges')).toEqual([1050]);
  },
);

test('a refund that the processor gave no answer to is given back by the same key', async () => {
  const { payment } = await releases.v1.client.charge(book, context);
  const request = { paymentId: payment?.paymentId ?? '', idempotencyKey: 'r-1', amount: eur(50) };
  const mute: Processor = { ...createFakeProcessor(db), refund: () => Promise.reject(new Error('no answer')) };
  const broken = await servePayment(db, { processor: mute });
  await expect(broken.client.refund(request, context)).rejects.toMatchObject({ message: 'processor.unavailable' });
  await broken.stop();
  expect(await movedBy(db, 'Refunds')).toEqual([]);
  await releases.v2.client.refund(request, context);
  expect(await movedBy(db, 'Refunds')).toEqual([50]);
});

describe('a fee', () => {
  test.each([
    [1050, 250, 26],
    [1039, 250, 25],
    [1, 9999, 0],
    [1050, 0, 0],
    [1050, 10_000, 1050],
    [99_999_999_999, 9_999, 99_989_999_999],
    [1050, undefined, undefined],
  ])('of %d is, at %p basis points, %p', (minorUnits, basisPoints, fee) => {
    expect(feeOf({ currency: 'EUR', minorUnits }, basisPoints)).toBe(fee);
  });

  test.each([
    [{}, undefined],
    [{ PAYMENT_FEE_BASIS_POINTS: '0' }, 0],
    [{ PAYMENT_FEE_BASIS_POINTS: '250' }, 250],
    [{ PAYMENT_FEE_BASIS_POINTS: '10000' }, 10_000],
  ])('is read from %j', (environment, basisPoints) => {
    expect(readConfig(feeSettings, environment).PAYMENT_FEE_BASIS_POINTS).toBe(basisPoints);
  });

  test.each(['', '-1', '2.5', '10001', '99999', '123456', '2%', ' '])('cannot be "%s"', (value) => {
    expect(() => readConfig(feeSettings, { PAYMENT_FEE_BASIS_POINTS: value })).toThrow(
      'PAYMENT_FEE_BASIS_POINTS must be a fee in hundredths of a percent, from 0 to 10000, not what it is set to',
    );
  });
});
