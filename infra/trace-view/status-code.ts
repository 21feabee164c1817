import { status } from '@grpc/grpc-js';
import { RPC_STATUS } from '../../services/kit/telemetry/names';
import type { Attributes } from './span';

/** The attributes with the status of a call, by instrumentation. Numbers of gRPC become names. */
const CODES: { name: string; isGrpc: boolean }[] = [
  { name: RPC_STATUS, isGrpc: true },
  { name: 'rpc.grpc.status_code', isGrpc: true },
  // Envoy. https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/observability/tracing
  { name: 'grpc.status_code', isGrpc: true },
  { name: 'http.response.status_code', isGrpc: false },
  { name: 'http.status_code', isGrpc: false },
];

/** The name of a span's gRPC status, else its HTTP status, else undefined. */
export function statusCodeOf(attributes: Attributes): string | undefined {
  for (const { name, isGrpc } of CODES) {
    const value = attributes[name];
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    if (value === '') continue;
    return isGrpc && /^\d+$/.test(String(value)) ? (status[Number(value)] ?? String(value)) : String(value);
  }
  return undefined;
}
