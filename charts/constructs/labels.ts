/** What selects a service's pods. */
export function selectorOf(service: string): Record<string, string> {
  return { app: service };
}

/** What every resource of a service carries. @see https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/ */
export function labelsOf(service: string): Record<string, string> {
  return { ...selectorOf(service), 'app.kubernetes.io/name': service, 'app.kubernetes.io/part-of': 'weft' };
}
