import { run } from '../kit/runtime/run';
import { createGreeterHandlers } from './handlers';
import { greeter } from './service';

run(greeter, createGreeterHandlers);
