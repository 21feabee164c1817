import type { Fault } from './fault';

/** Faults as a person reads them: a block each, with the place, what is wrong and what to write. */
export function formatFaults(faults: readonly Fault[]): string {
  return faults.map(formatFault).join('\n\n');
}

function formatFault({ file, line, path, message, fix }: Fault): string {
  const place = line === undefined ? file : `${file}:${line}`;
  return `${place}  ${path === '' ? message : `${path}: ${message}`}\n  ${fix}`;
}

/** @throws Error with all faults below a heading, if there are any */
export function refuseFaults(heading: string, faults: readonly Fault[]): void {
  if (faults.length > 0) throw new Error(`${heading}\n\n${formatFaults(faults)}`);
}
