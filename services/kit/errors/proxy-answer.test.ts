import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { explainProxyAnswer } from './proxy-answer';

const CALL = { path: '/shop.v1.Carts/GetCart', callee: 'carts' };

function answer(code: status, details: string, headers: Record<string, string | Buffer> = {}): ServiceError {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return Object.assign(new Error(details), { code, details, metadata });
}

const ENVOY = { server: 'envoy' };
const RESET = 'upstream connect error or disconnect/reset before headers. ';

test.each<[code: status, text: string, cause: string, lookAt: string]>([
  [status.PERMISSION_DENIED, 'RBAC: access denied', 'no AuthorizationPolicy allows', '`calls` in the declaration'],
  [status.UNAUTHENTICATED, 'Jwt is expired', 'the token', 'requestauthentication'],
  [status.UNAUTHENTICATED, 'Jwt verification fails', 'the token', 'requestauthentication'],
  [status.PERMISSION_DENIED, 'Audiences in Jwt are not allowed', 'the token', 'requestauthentication'],
  [status.UNAVAILABLE, 'no healthy upstream', 'no pod of carts is ready', 'kubectl get pods -l app=carts'],
  [status.UNAVAILABLE, `${RESET}reset reason: overflow`, 'more calls are under way to carts', 'destinationrule carts'],
  [
    status.UNAVAILABLE,
    `${RESET}retried and the latest reset reason: remote connection failure, transport failure reason: ` +
      'TLS_error:|268435581:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:TLS_error_end',
    'mutual TLS',
    'peerauthentication',
  ],
  [
    status.UNAVAILABLE,
    `${RESET}reset reason: remote connection failure, transport failure reason: delayed connect error: 111`,
    'no connection to the pod of carts',
    'networkpolicy',
  ],
  [status.UNAVAILABLE, `${RESET}reset reason: connection timeout`, 'no connection to the pod', 'networkpolicy'],
  [status.UNAVAILABLE, `${RESET}reset reason: connection termination`, 'ended before it answered', 'restarts'],
  [status.UNAVAILABLE, 'upstream request timeout', 'longer than its route allows', '`timeouts` in the declaration'],
  [status.DEADLINE_EXCEEDED, 'downstream duration timeout', 'its deadline passed', 'a trace'],
  [status.ABORTED, 'fault filter abort', 'on purpose', '`fault`'],
  [status.UNAVAILABLE, 'local_rate_limited', 'a rate limit', 'envoyfilter'],
])('%i "%s" is explained', (code, text, cause, lookAt) => {
  const explained = explainProxyAnswer(answer(code, text), CALL);
  expect(explained).toMatch(/^a proxy of the mesh answered \/shop\.v1\.Carts\/GetCart, not carts: \w/);
  const [, causeToldOf = '', lookAtToldOf = ''] = /carts: (.*); look at (.*)$/.exec(explained ?? '') ?? [];
  expect(causeToldOf).toContain(cause);
  expect(lookAtToldOf).toContain(lookAt);
});

test.each([
  [status.UNIMPLEMENTED, 'no route has this method', 'kubectl get virtualservice carts'],
  [status.UNAVAILABLE, 'does not know carts', '`calls` in the declaration of this service'],
])('%i without a text is explained where Envoy says that it answered', (code, cause, lookAt) => {
  for (const server of ['envoy', 'istio-envoy']) {
    const explained = explainProxyAnswer(answer(code, '', { server }), CALL);
    expect(explained).toContain(cause);
    expect(explained).toContain(lookAt);
  }
  expect(explainProxyAnswer(answer(code, ''), CALL)).toBeUndefined();
  expect(explainProxyAnswer(answer(code, '', { server: 'nginx' }), CALL)).toBeUndefined();
});

test.each<[string, ServiceError]>([
  ['a service, with a text of its own', answer(status.PERMISSION_DENIED, 'not yours', ENVOY)],
  ['a service that names its method', answer(status.UNIMPLEMENTED, 'The server does not implement the method', ENVOY)],
  [
    'a service that sends details, whatever its text',
    answer(status.PERMISSION_DENIED, 'RBAC: access denied', { 'grpc-status-details-bin': Buffer.from([]) }),
  ],
  ['a service that says nothing', answer(status.NOT_FOUND, '', ENVOY)],
  ['nobody: there is no connection', answer(status.UNAVAILABLE, 'No connection established. Last error: ECONNREFUSED')],
])('an answer of %s is not explained', (_, error) => {
  expect(explainProxyAnswer(error, CALL)).toBeUndefined();
});

test('an error that was made before there was a stream has no metadata', () => {
  const error = Object.assign(new Error('x'), { code: status.UNAVAILABLE, details: '' }) as ServiceError;
  expect(explainProxyAnswer(error, CALL)).toBeUndefined();
});
