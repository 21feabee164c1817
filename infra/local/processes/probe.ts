import { get } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, credentials, type ServiceError } from '@grpc/grpc-js';
import { service as healthService } from 'grpc-health-check';
import type { LocalProbe } from '../plan/plan';

// The kubelet waits whole seconds between probes; a person who waits for a start should not.
export const START_PROBE_MS = 50;

/**
 * Asks a process once, as the kubelet would.
 *
 * @returns whether it answered well in time
 * @see https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/
 */
export function probe(target: LocalProbe): Promise<boolean> {
  if (target.grpcService !== undefined) return probeGrpc(target, target.grpcService);
  if (target.httpPath !== undefined) return probeHttp(target, target.httpPath);
  return probeTcp(target);
}

function probeGrpc({ port, timeoutSeconds }: LocalProbe, service: string): Promise<boolean> {
  const method = healthService['Check'];
  if (!method) throw new Error('grpc-health-check has no Check');
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const options = { deadline: Date.now() + timeoutSeconds * 1000 };
  return new Promise((resolve) => {
    const done = (error: ServiceError | null, reply?: { status?: string }): void => {
      client.close();
      resolve(!error && reply?.status === 'SERVING');
    };
    client.makeUnaryRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      { service },
      options,
      done,
    );
  });
}

// Not fetch: it refuses some ports, 6000 and 10080 among them, and would keep connections open.
function probeHttp({ port, timeoutSeconds }: LocalProbe, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const url = new URL(`http://127.0.0.1:${port}${path.startsWith('/') ? '' : '/'}${path}`);
    const options = { agent: false, signal: AbortSignal.timeout(timeoutSeconds * 1000) };
    const request = get(url, options, ({ statusCode = 0 }) => {
      resolve(statusCode >= 200 && statusCode < 400);
      request.destroy();
    });
    request.on('error', () => resolve(false));
  });
}

function probeTcp({ port, timeoutSeconds }: LocalProbe): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: timeoutSeconds * 1000 });
    const done = (open: boolean) => () => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', done(true)).once('error', done(false)).once('timeout', done(false));
  });
}

/**
 * Asks until it answers well, or all the failures it may have would be over.
 *
 * @throws AbortError when the signal aborts
 */
export async function answersInTime(target: LocalProbe, signal: AbortSignal): Promise<boolean> {
  const patience = target.initialDelaySeconds + target.periodSeconds * target.failureThreshold;
  const deadline = Date.now() + patience * 1000;
  while (Date.now() < deadline) {
    const good = await probe(target);
    // It may have ended since, and what has ended is not ready.
    signal.throwIfAborted();
    if (good) return true;
    await sleep(START_PROBE_MS, undefined, { signal });
  }
  return false;
}

/**
 * Asks until the signal aborts; tells of every success, and of failures when there are as many as the threshold.
 * There is no need to wait out the initial delay, only to forgive what fails in it.
 *
 * @param untilGoodMs the pause before the first success
 */
export async function probeOnAndOn(
  target: LocalProbe,
  signal: AbortSignal,
  tell: (good: boolean) => unknown,
  untilGoodMs = target.periodSeconds * 1000,
): Promise<void> {
  const counting = Date.now() + target.initialDelaySeconds * 1000;
  let failures = 0;
  let wasGood = false;
  while (!signal.aborted) {
    const good = await probe(target);
    if (signal.aborted) return;
    failures = good || Date.now() < counting ? 0 : failures + 1;
    wasGood ||= good;
    if (good) tell(true);
    else if (failures === target.failureThreshold) tell(false);
    const pause = wasGood ? target.periodSeconds * 1000 : untilGoodMs;
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}
