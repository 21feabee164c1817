import { PaymentService } from '../../proto/gen/contracts';
import { defineService } from '../kit/spec';

export const payment = defineService({
  name: 'payment',
  serves: PaymentService,
  store: 'mongodb',
});
