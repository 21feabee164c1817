import { run } from '../kit/runtime/run';
import { createFakeProcessor } from './fake-processor';
import { feeSettings } from './fee';
import { createPaymentHandlers } from './handlers';
import { messages } from './messages';
import { payment } from './service';
import { createPaymentStore } from './store';

run(
  payment,
  async ({ mongo, settings }) =>
    createPaymentHandlers({
      payments: await createPaymentStore(mongo),
      // Replace this with the client of a payment provider.
      processor: createFakeProcessor(mongo),
      feeBasisPoints: settings.PAYMENT_FEE_BASIS_POINTS,
    }),
  { messages, settings: feeSettings },
);
