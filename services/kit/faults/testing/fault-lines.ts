import type { FieldFault } from '../fault';

/** A line a fault, which is easier to compare: `slo.latency.p5: is not a quantile; write p50 to p99.9`. */
export function faultLines(faults: readonly (FieldFault & { file?: string })[] = []): string[] {
  return faults.map(({ file, line, path, message, fix }) =>
    [file, line, path, `${message}; ${fix}`].filter((part) => part !== undefined && part !== '').join(': '),
  );
}
