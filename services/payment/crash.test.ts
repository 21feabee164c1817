import { PaymentStatus } from '../../proto/gen/weft/payment/v1/payment_pb';
import type { Db } from 'mongodb';
import { startMongo, type TestMongo } from '../../infra/embedded-mongodb/testing/start-mongo';
import { rootCall } from '../kit/protocol/call';
import { connect } from '../kit/client/client';
import type { Client } from '../kit/protocol/rpc';
import { buildPrograms, type Program, type Programs } from '../kit/testing/programs/programs';
import { eur, movedBy, paymentCalls } from './testing/serve-payment';

// A real process that is killed with SIGKILL, and what the same key does afterwards in another one.

let database: TestMongo;
let db: Db;
let programs: Programs;
/** Of a process that lives on. */
let survivor: Client<typeof paymentCalls>;
const closing: (() => void)[] = [];

beforeAll(async () => {
  [database, programs] = await Promise.all([startMongo(), buildPrograms('services/payment/testing/dying-service.ts')]);
  db = database.client.db('crashing');
  survivor = (await start()).client;
});

afterAll(async () => {
  closing.forEach((close) => close());
  programs.killAll();
  programs.remove();
  await database.stop();
});

beforeEach(() =>
  Promise.all(
    ['payments', 'processorCharges', 'processorRefunds'].map((name) => db.collection<object>(name).deleteMany({})),
  ),
);

async function start(environment: Record<string, string> = {}) {
  const program = programs.start('dying-service', {
    GRPC_PORT: '0',
    MONGO_URI: `${database.uri}/crashing`,
    ...environment,
  });
  const { client, close } = connect(paymentCalls, `127.0.0.1:${await program.port}`);
  closing.push(close);
  return { program, client };
}

async function hasDied({ child, exit }: Program): Promise<void> {
  await exit;
  expect(child.signalCode).toBe('SIGKILL');
}

const context = () => rootCall({ timeout: '1m' });
const book = { idempotencyKey: 'k-1', amount: eur(1050), paymentMethod: 'pm-1', description: 'A book' };

test.each([
  ['before open', 0, 0],
  ['after open', 1, 0],
  ['before processor.charge', 1, 0],
  ['after processor.charge', 1, 1],
  ['before settle', 1, 1],
  ['after settle', 1, 1],
])('a charge that was killed %s is charged once by a retry', async (moment, kept, charged) => {
  const dying = await start({ DIE_AT: moment });
  await expect(dying.client.charge(book, context())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await hasDied(dying.program);
  expect([await db.collection('payments').countDocuments(), (await movedBy(db, 'Charges')).length]).toEqual([
    kept,
    charged,
  ]);
  const { payment } = await survivor.charge(book, context());
  expect(payment).toMatchObject({ status: PaymentStatus.CHARGED, amount: book.amount });
  expect(await db.collection('payments').countDocuments()).toBe(1);
  expect(await movedBy(db, 'Charges')).toEqual([1050]);
});

test.each([
  ['before addRefund', 0, 0],
  ['after addRefund', 600, 0],
  ['before processor.refund', 600, 0],
  ['after processor.refund', 600, 1],
  ['before finishRefund', 600, 1],
  ['after finishRefund', 600, 1],
])('a refund that was killed %s is given back once by a retry', async (moment, promised, given) => {
  const { payment } = await survivor.charge(book, context());
  const request = { paymentId: payment?.paymentId ?? '', idempotencyKey: 'r-1', amount: eur(600) };
  const dying = await start({ DIE_AT: moment });
  await expect(dying.client.refund(request, context())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await hasDied(dying.program);
  const { paymentId } = request;
  const between = await survivor.getPayment({ paymentId }, context());
  expect([between.payment?.refunded, (await movedBy(db, 'Refunds')).length]).toEqual([eur(promised), given]);
  await survivor.refund(request, context());
  expect(await movedBy(db, 'Refunds')).toEqual([600]);
  expect(await survivor.getPayment({ paymentId }, context())).toMatchObject({ payment: { refunded: eur(600) } });
});

test('of 60 charges under way when it was killed, each is charged once by retries', async () => {
  const keys = Array.from({ length: 60 }, (_, n) => ({ ...book, idempotencyKey: `k-${n}` }));
  const { program, client } = await start();
  const charging = keys.map((request) => client.charge(request, context()));
  const settled = Promise.allSettled(charging);
  await Promise.race(charging);
  program.child.kill('SIGKILL');
  const lost = (await settled).filter(({ status }) => status === 'rejected').length;
  // Or it was killed too late to show anything.
  expect(lost).toBeGreaterThan(0);
  const answers = await Promise.all(keys.map((request) => survivor.charge(request, context())));
  expect(new Set(answers.map(({ payment }) => payment?.paymentId)).size).toBe(60);
  expect((await movedBy(db, 'Charges')).length).toBe(60);
});
