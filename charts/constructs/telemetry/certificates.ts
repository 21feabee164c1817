/**
 * The secure port of the metrics of the ingress gateway, which Istio's installation turns on: a gateway has no Sidecar
 * that could have a port of ours. It wants a certificate of the mesh and does not ask whose.
 */
export const GATEWAY_METRICS_PORT = 15_092;

const FOLDER = '/etc/certificates';

/** Where the proxy of Prometheus puts the pod's certificate, again each time that it is renewed. */
export const CERTIFICATES = {
  volume: 'certificates',
  folder: FOLDER,
  files: {
    ca: `${FOLDER}/root-cert.pem`,
    certificate: `${FOLDER}/cert-chain.pem`,
    key: `${FOLDER}/key.pem`,
  },
} as const;

/**
 * Makes the proxy write its certificates there. Scrapes go to pods by address, which the proxy does not know as Services,
 * so Prometheus encrypts them itself.
 *
 * @param directPorts to which packets do not go through the proxy
 * @see https://istio.io/latest/docs/ops/integrations/prometheus/#tls-settings
 */
export function certificateAnnotations(directPorts: readonly number[]): Record<string, string> {
  const mount = [{ name: CERTIFICATES.volume, mountPath: FOLDER }];
  return {
    'proxy.istio.io/config': JSON.stringify({
      holdApplicationUntilProxyStarts: true,
      proxyMetadata: { OUTPUT_CERTS: FOLDER },
    }),
    'sidecar.istio.io/userVolumeMount': JSON.stringify(mount),
    'traffic.sidecar.istio.io/excludeOutboundPorts': directPorts.join(','),
  };
}
