import { get } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, credentials, type ServiceError } from '@grpc/grpc-js';
import { service as healthService } from 'grpc-health-check';
import type { LocalProbe } from '../plan/plan';

// The kubelet waits whole seconds between probes, which is too slow for a person at a start.
export const START_PROBE_MS = 50;

/**
 * Probes a process once, like the kubelet.
 *
 * @returns true if it succeeds in time
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

// Not fetch, which refuses some ports, such as 6000 and 10080, and keeps connections open.
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
 * Probes until it succeeds or the time for all allowed failures is over.
 *
 * @throws AbortError when the signal aborts
 */
export async function succeedsInTime(target: LocalProbe, signal: AbortSignal): Promise<boolean> {
  const patience = target.initialDelaySeconds + target.periodSeconds * target.failureThreshold;
  const deadline = Date.now() + patience * 1000;
  while (Date.now() < deadline) {
    const good = await probe(target);
    // The process may have exited meanwhile; then it is not ready.
    signal.throwIfAborted();
    if (good) return true;
    await sleep(START_PROBE_MS, undefined, { signal });
  }
  return false;
}

/**
 * Probes until the signal aborts. It reports every success, and failure once the threshold is reached. It starts at once
 * but does not count failures during the initial delay.
 *
 * @param firstPauseMs the pause between probes before the first success
 */
export async function probeRepeatedly(
  target: LocalProbe,
  signal: AbortSignal,
  report: (succeeded: boolean) => unknown,
  firstPauseMs = target.periodSeconds * 1000,
): Promise<void> {
  const counting = Date.now() + target.initialDelaySeconds * 1000;
  let failures = 0;
  let wasGood = false;
  while (!signal.aborted) {
    const good = await probe(target);
    if (signal.aborted) return;
    failures = good || Date.now() < counting ? 0 : failures + 1;
    wasGood ||= good;
    if (good) report(true);
    else if (failures === target.failureThreshold) report(false);
    const pause = wasGood ? target.periodSeconds * 1000 : firstPauseMs;
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}
