import { gateway } from './gateway/service';
import { greeter } from './greeter/service';
import { payment } from './payment/service';
import { ragSearch } from './rag-search/service';
import { userInfo } from './user-info/service';

/** Every service there is: one line each. */
export const services = [gateway, greeter, payment, ragSearch, userInfo];
