import { status } from '@grpc/grpc-js';
import { RPC_STATUS } from '../../services/kit/telemetry/names';
import type { Attributes } from './span';

/** Where the status of a call stands, by who recorded it; numbers of gRPC are given their names. */
const CODES: { name: string; isGrpc: boolean }[] = [
  { name: RPC_STATUS, isGrpc: true },
  { name: 'rpc.grpc.status_code', isGrpc: true },
  // Envoy. https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/observability/tracing
  { name: 'grpc.status_code', isGrpc: true },
  { name: 'http.response.status_code', isGrpc: false },
  { name: 'http.status_code', isGrpc: false },
];

/** The gRPC status of a span by name, else its HTTP status, else nothing. */
export function statusCodeOf(attributes: Attributes): string | undefined {
  for (const { name, isGrpc } of CODES) {
    const value = attributes[name];
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    if (value === '') continue;
    return isGrpc && /^\d+$/.test(String(value)) ? (status[Number(value)] ?? String(value)) : String(value);
  }
  return undefined;
}
