import type { Metadata } from '@grpc/grpc-js';
import type { Handlers } from '../kit/protocol/rpc';
import { chooseLocale, greet } from './languages';
import type { greeter } from './service';

export function createGreeterHandlers(): Handlers<typeof greeter> {
  return {
    sayHello({ name }, { metadata, replyMetadata, requestId, user, log }) {
      const locale = chooseLocale(textOf(metadata, 'accept-language'), textOf(metadata, 'locale-bin'));
      replyMetadata.set('locale-bin', Buffer.from(locale));
      replyMetadata.set('x-request-id', requestId);
      log.debug({ locale, user: user?.id }, 'greeting');
      return { message: greet(locale, name), locale };
    },
  };
}

function textOf(metadata: Metadata, name: string): string {
  return metadata.get(name).map(String).join(',');
}
