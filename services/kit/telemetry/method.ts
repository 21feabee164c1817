import type { Attributes } from '@opentelemetry/api';
import { ERROR_TYPE, RPC_METHOD, RPC_STATUS, RPC_SYSTEM } from './names';

/** How many messages of a method went each way. */
export interface MessageCount {
  received: number;
  sent: number;
}

/**
 * The metrics of one method. Attributes are made once per status, and messages are counted in plain numbers that are read
 * on collection: both happen too often to allocate each time.
 */
export class MeasuredMethod {
  readonly attributes: Attributes;
  readonly messages: MessageCount | undefined;
  readonly #byStatus = new Map<string, Attributes>();

  /**
   * @param name such as `weft.user.v1.UserInfoService/GetUserInfo`; spans have it too
   * @param hasStream whether its messages are counted
   * @param isError tells which statuses are failures
   */
  constructor(
    readonly name: string,
    hasStream: boolean,
    readonly isError: (status: string) => boolean,
  ) {
    this.attributes = { [RPC_SYSTEM]: 'grpc', [RPC_METHOD]: name };
    this.messages = hasStream ? { received: 0, sent: 0 } : undefined;
  }

  /** The attributes of a call that ended with this status. */
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
