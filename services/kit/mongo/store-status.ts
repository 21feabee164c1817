import { StatusError } from '../errors/status-error';
import { isPassingStoreFailure } from './store-failure';

/** The status for an error of MongoDB's driver that passes by itself: UNAVAILABLE, and when to try again. */
export function storeStatus(error: unknown): StatusError | undefined {
  return isPassingStoreFailure(error) ? StatusError.from(error) : undefined;
}
