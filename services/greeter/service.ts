import { Greeter } from '../../proto/gen/contracts';
import { defineService } from '../kit/spec';

export const greeter = defineService({
  name: 'greeter',
  serves: Greeter,
  timeouts: { sayHello: '1s' },
  scale: { min: 2, max: 4 },
});
