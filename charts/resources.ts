import * as z from 'zod';
import type { FieldFault } from '../services/kit/faults/fault';
import { crossChecked, pattern } from './environment/fields';

/** Factors by suffix. @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
const SUFFIXES: Readonly<Record<string, number>> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

const QUANTITY = pattern(/^\d+(\.\d+)?([mkMGT]|[KMGT]i)?$/, 'a quantity', 'write for example 250m or 512Mi');

const AMOUNTS = z.strictObject({ cpu: QUANTITY, memory: QUANTITY }).partial().default({});

type Amounts = z.output<typeof AMOUNTS>;

/** What a pod requests and its limits. */
export interface PodResources {
  requests: Amounts;
  limits: Amounts;
}

/** The resources of a pod without settings. CPU has no limit: a pod may use what is idle. */
export const USUAL_RESOURCES = {
  requests: { cpu: '50m', memory: '128Mi' },
  limits: { memory: '256Mi' },
} satisfies PodResources;

/** The resources of a service's pods, in Kubernetes' notation; the usual ones where left out. */
export const RESOURCES = crossChecked(
  z.strictObject({ requests: AMOUNTS, limits: AMOUNTS }).transform(({ requests, limits }): PodResources => ({
    requests: { ...USUAL_RESOURCES.requests, ...requests },
    limits: { ...USUAL_RESOURCES.limits, ...limits },
  })),
  ['requests', 'limits'],
  limitFaults,
);

function limitFaults({ requests, limits }: PodResources): FieldFault[] {
  return (['cpu', 'memory'] as const).flatMap((kind) => {
    const [request, limit] = [requests[kind], limits[kind]];
    if (request === undefined || limit === undefined || amountOf(request) <= amountOf(limit)) return [];
    return [
      { path: `requests.${kind}`, message: `${request} is more than the limit ${limit}`, fix: `raise limits.${kind}` },
    ];
  });
}

function amountOf(quantity: string): number {
  const [, number, suffix = ''] = /^([\d.]+)(.*)$/.exec(quantity) ?? [];
  return Number(number) * (SUFFIXES[suffix] ?? NaN);
}
