import { run } from '../../kit/runtime/run';
import { createFakeProcessor } from '../fake-processor';
import { feeSettings } from '../fee';
import { createPaymentHandlers } from '../handlers';
import { payment } from '../service';
import { createPaymentStore } from '../store';

// The service, which kills itself with SIGKILL where DIE_AT says: "before charge", "after settle".

function dieAt(moment: string): void {
  if (process.env['DIE_AT'] === moment) process.kill(process.pid, 'SIGKILL');
}

/** The same functions, with a moment to die before and after each. */
function mortal<T extends object>(functions: T, prefix = ''): T {
  const wrapped = Object.entries(functions).map(([name, work]: [string, (...args: unknown[]) => Promise<unknown>]) => {
    const step = async (...args: unknown[]): Promise<unknown> => {
      dieAt(`before ${prefix}${name}`);
      const result = await work(...args);
      dieAt(`after ${prefix}${name}`);
      return result;
    };
    return [name, step];
  });
  return Object.fromEntries(wrapped) as T;
}

run(
  payment,
  async ({ mongo, settings }) =>
    createPaymentHandlers({
      payments: mortal(await createPaymentStore(mongo)),
      processor: mortal(createFakeProcessor(mongo), 'processor.'),
      feeBasisPoints: settings.PAYMENT_FEE_BASIS_POINTS,
    }),
  { settings: feeSettings },
);
