import * as z from 'zod';

/** What a number of a unit is in the unit itself. @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
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

const QUANTITY = z.string().regex(/^\d+(\.\d+)?([mkMGT]|[KMGT]i)?$/, 'must be a quantity, for example 250m or 512Mi');

const AMOUNTS = z.strictObject({ cpu: QUANTITY, memory: QUANTITY }).partial().default({});

type Amounts = z.output<typeof AMOUNTS>;

/** What a pod asks for and may have. */
export interface PodResources {
  requests: Amounts;
  limits: Amounts;
}

/** What every pod has that its settings do not speak of. No limit of CPU: what nobody else wants may be had. */
export const USUAL_RESOURCES = {
  requests: { cpu: '50m', memory: '128Mi' },
  limits: { memory: '256Mi' },
} satisfies PodResources;

/** What the pods of a service ask for and may have, as Kubernetes writes it; what is left out is as usual. */
export const RESOURCES = z
  .strictObject({ requests: AMOUNTS, limits: AMOUNTS })
  .transform(({ requests, limits }): PodResources => ({
    requests: { ...USUAL_RESOURCES.requests, ...requests },
    limits: { ...USUAL_RESOURCES.limits, ...limits },
  }))
  .superRefine(({ requests, limits }, context) => {
    for (const kind of ['cpu', 'memory'] as const) {
      const [request, limit] = [requests[kind], limits[kind]];
      if (request !== undefined && limit !== undefined && amountOf(request) > amountOf(limit))
        context.addIssue({
          code: 'custom',
          path: ['requests', kind],
          message: `is ${request}, more than its limit of ${limit}; raise limits.${kind}`,
        });
    }
  });

function amountOf(quantity: string): number {
  const [, number, suffix = ''] = /^([\d.]+)(.*)$/.exec(quantity) ?? [];
  return Number(number) * (SUFFIXES[suffix] ?? NaN);
}
