import { run } from '../kit/run';
import { createGreeterHandlers } from './handlers';
import { greeter } from './service';

run(greeter, createGreeterHandlers);
