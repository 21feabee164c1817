import type { Metadata } from '@grpc/grpc-js';
import type { Handlers } from '../kit/rpc';
import { chooseLocale, greet } from './languages';
import type { greeter } from './service';

export function createGreeterHandlers(): Handlers<typeof greeter> {
  return {
    sayHello({ name }, { metadata, replyMetadata, requestId, user, log }) {
      const locale = chooseLocale(wishes(metadata));
      replyMetadata.set('locale-bin', Buffer.from(locale));
      replyMetadata.set('request-id', requestId);
      log.debug({ locale, user: user?.id }, 'greeting');
      return { message: greet(locale, name), locale };
    },
  };
}

/** What the caller asks for: locale-bin before accept-language. */
function wishes(metadata: Metadata): string {
  return [...metadata.get('locale-bin'), ...metadata.get('accept-language')].map(String).join(',');
}
