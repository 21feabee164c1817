/**
 * Whether a name can be that of a host in DNS. Istio takes one without a dot for a Service.
 *
 * @see https://www.rfc-editor.org/rfc/rfc1123#section-2.1 whence also the last label, by which it is no IP address
 */
export function isHost(name: string): boolean {
  const labels = name.split('.');
  const areLabels = labels.every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label));
  return areLabels && labels.length > 1 && !/^\d+$/.test(labels.at(-1) ?? '') && name.length <= 253;
}

/** Whether a name is that of a Service in a cluster, short or whole; those of pods are no names of Services. */
export function isServiceHost(host: string, clusterDomain: string): boolean {
  return host.endsWith('.svc') || host.endsWith(`.svc.${clusterDomain}`);
}

/** Routes and policies for the host are those of the Service, which nobody outside may have others for. */
export function serviceHostFault(host: string): string {
  return (
    `host ${host} is a Service of the cluster; declare it by defineService (with its image, if it is not written with ` +
    'the kit), and its namespace under namespaces in charts/environments/<env>/settings.ts'
  );
}
