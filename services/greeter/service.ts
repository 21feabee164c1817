import { Greeter } from '../../proto/gen/weft/greeter/v1/greeter_pb';
import { defineService } from '../kit/declaration';

export const greeter = defineService({
  name: 'greeter',
  serves: Greeter,
  timeouts: { sayHello: '1s' },
  scale: { min: 2, max: 4 },
  examples: [`npx weft call greeter SayHello '{"name":"Ada"}' -H 'accept-language: zh-CN'`],
});
