/**
 * The secure metrics port of the ingress gateway, which Istio's installation turns on. A gateway has no Sidecar, so it
 * cannot have Weft's port. This one accepts any certificate of the mesh.
 */
export const GATEWAY_METRICS_PORT = 15_092;

const FOLDER = '/etc/certificates';

/** The proxy of Prometheus writes the pod's certificate here, also after each renewal. */
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
 * Makes the proxy write its certificates there. Scrapes go to pods by address, which the proxy does not know as
 * Services, so Prometheus encrypts them itself.
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
