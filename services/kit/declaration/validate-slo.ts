import { below, type FaultText, type FieldFault } from '../faults/fault';
import { parseDuration } from './duration';
import {
  checkLimit,
  checkQuantile,
  checkShare,
  type Objectives,
  type Served,
  type ServedMethod,
  servedMethods,
  type SloDeclaration,
} from './slo';
import { UNKNOWN_METHOD } from './validate-declaration';

/** All faults of the objectives of one declaration. */
export function validateSlo(slo: SloDeclaration, serves: readonly Served[]): FieldFault[] {
  const methods = Object.entries(slo.methods ?? {});
  return below('slo', [
    ...objectiveFaults(slo, methods.length > 0),
    ...(serves.length > 0 ? deadlineFaults(slo, servedMethods(serves)) : []),
    ...methods.flatMap(([ref, objectives]) => below(`methods.${ref}`, methodFaults(ref, objectives ?? {}, serves))),
  ]);
}

function methodFaults(ref: string, objectives: Objectives, serves: readonly Served[]): FieldFault[] {
  if (serves.length === 0)
    return [{ path: '', message: 'an HTTP service has no methods', fix: 'state the objectives for the whole service' }];
  const methods = servedMethods(serves, ref);
  if (methods.length === 0) return [{ path: '', ...UNKNOWN_METHOD }];
  return [...objectiveFaults(objectives, false), ...deadlineFaults(objectives, methods)];
}

function objectiveFaults({ availability, latency }: Objectives, areElsewhere: boolean): FieldFault[] {
  const share = availability === undefined ? undefined : checkShare(availability);
  const limits = Object.entries<string | undefined>(latency ?? {});
  const isEmpty = availability === undefined && limits.length === 0 && !areElsewhere;
  return [
    ...limits.flatMap(([key, limit]) =>
      [checkQuantile(key), checkLimit(limit)].flatMap((fault) => (fault ? latencyFault(key, fault) : [])),
    ),
    ...(share ? [{ path: 'availability', ...share }] : []),
    ...(isEmpty
      ? [{ path: '', message: 'states no objective', fix: 'write availability or latency, or remove it' }]
      : []),
  ];
}

function latencyFault(key: string, fault: FaultText): FieldFault {
  return { path: `latency.${key}`, ...fault };
}

/** A stream lasts as long as it likes, and a call ends at its deadline: no latency beyond that can be measured. */
function deadlineFaults({ latency }: Objectives, methods: readonly ServedMethod[]): FieldFault[] {
  const limits = Object.entries<string | undefined>(latency ?? {});
  const deadlines = methods.flatMap(({ timeoutMs }) => timeoutMs ?? []);
  if (limits.length === 0) return [];
  if (deadlines.length === 0)
    return [{ path: 'latency', message: 'a stream has no latency', fix: 'state availability only' }];
  const longest = Math.max(...deadlines);
  return limits
    .filter(([, limit]) => checkLimit(limit) === undefined && parseDuration(limit ?? '') > longest)
    .map(([key, limit]) =>
      latencyFault(key, { message: `${limit} is above the deadline`, fix: `write at most ${longest}ms` }),
    );
}
