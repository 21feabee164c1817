import { PaymentService } from '../../proto/gen/weft/payment/v1/payment_pb';
import { defineService } from '../kit/declaration';

export const payment = defineService({
  name: 'payment',
  serves: PaymentService,
  store: 'mongodb',
});
