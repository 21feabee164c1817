import type { Attributes } from '@opentelemetry/api';
import { ERROR_TYPE, RPC_METHOD, RPC_STATUS, RPC_SYSTEM } from './names';

/** How many messages of a method's calls went each way. */
export interface MessageCount {
  received: number;
  sent: number;
}

/**
 * What is measured of one method. Attributes are made once for each status, and messages are counted in numbers that
 * are read when metrics are collected: both happen too often for an object each.
 */
export class MeasuredMethod {
  readonly attributes: Attributes;
  readonly messages: MessageCount | undefined;
  readonly #byStatus = new Map<string, Attributes>();

  /**
   * @param name `weft.user.v1.UserInfoService/GetUserInfo`, which its spans are called as well
   * @param hasStream whether its messages are counted
   * @param isError says which statuses are failures
   */
  constructor(
    readonly name: string,
    hasStream: boolean,
    readonly isError: (status: string) => boolean,
  ) {
    this.attributes = { [RPC_SYSTEM]: 'grpc', [RPC_METHOD]: name };
    this.messages = hasStream ? { received: 0, sent: 0 } : undefined;
  }

  /** The attributes of a call that ended with a status. */
  ended(status: string): Attributes {
    let attributes = this.#byStatus.get(status);
    if (!attributes) {
      const error = this.isError(status) ? { [ERROR_TYPE]: status } : {};
      attributes = { ...this.attributes, [RPC_STATUS]: status, ...error };
      this.#byStatus.set(status, attributes);
    }
    return attributes;
  }
}
