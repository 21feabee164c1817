import { type Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { PROXY_ANSWERS, type ProxyAnswer, TEXTLESS_ANSWERS } from './proxy-answers';
import { DETAILS_TRAILER } from './read-details';

/** A call that has an answer. */
export interface AnsweredCall {
  /** For example `/weft.user.v1.UserInfoService/GetUserInfo`. */
  readonly path: string;
  /** The name of the called service. */
  readonly callee: string;
}

/**
 * Explains the failure of a call that a proxy of the mesh answered instead of the called service.
 *
 * @returns undefined where the answer may be the service's own
 */
export function explainProxyAnswer(error: ServiceError, { path, callee }: AnsweredCall): string | undefined {
  const answer = answerOf(error);
  if (!answer) return undefined;
  const [cause, lookAt] = [answer.cause, answer.lookAt].map((text) => text.replaceAll('{callee}', callee));
  return `a proxy of the mesh answered ${path}, not ${callee}: ${cause}; look at ${lookAt}`;
}

/** Services of the kit send details, and proxies never do. */
function answerOf({ code, details, ...error }: ServiceError): ProxyAnswer | undefined {
  const metadata = error.metadata as Metadata | undefined;
  if (metadata?.get(DETAILS_TRAILER).length) return undefined;
  if (details) return PROXY_ANSWERS.find(({ text }) => text.test(details));
  const isEnvoy = metadata?.get('server').some((name) => String(name).includes('envoy'));
  return isEnvoy ? TEXTLESS_ANSWERS[status[code] as keyof typeof TEXTLESS_ANSWERS] : undefined;
}
