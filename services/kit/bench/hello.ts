import type { ContractMethod } from '../../../proto/contract';
import { Greeter } from '../../../proto/gen/contracts';

/** The smallest method there is, with a rule in its contract like any other. */
export const sayHello: ContractMethod = Greeter.methods.sayHello;

export interface HelloRequest {
  name: string;
}

export const request: HelloRequest = { name: 'Ada' };

export function answer({ name }: HelloRequest) {
  return { message: `Hello, ${name}!`, locale: 'en' };
}
