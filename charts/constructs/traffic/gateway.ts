import { Construct } from 'constructs';
import { type Names, PLATFORM } from '../../../infra/mesh/names';
import type { Settings } from '../../environment/settings';
import { addIstio, type GatewayServer } from '../istio';
import { PART_OF_WEFT } from '../labels';

/** The listeners of the ingress gateway: every host in the settings. @see https://istio.io/latest/docs/reference/config/networking/gateway/ */
export class Gateway extends Construct {
  constructor(scope: Construct, settings: Settings, names: Names) {
    super(scope, 'gateway');
    const { namespace, istio } = settings;
    addIstio(
      this,
      'Gateway',
      { name: PLATFORM.gateway, namespace, labels: PART_OF_WEFT },
      { selector: istio.ingress.selector, servers: serversOf(settings, names) },
    );
  }
}

/** The port of requests that are not redirected to HTTPS. */
export function serverPortOf({ istio }: Settings): number {
  return istio.ingress.certificate === undefined ? 80 : 443;
}

/** Only the namespace of its service may route a host: a VirtualService elsewhere cannot take it over. */
function serversOf({ hosts: byService, istio }: Settings, { namespaceOf }: Names): GatewayServer[] {
  const hosts = Object.entries(byService)
    .flatMap(([service, hostsOf]) => hostsOf.map((host) => `${namespaceOf(service)}/${host}`))
    .sort();
  const { certificate } = istio.ingress;
  const http: GatewayServer = { hosts, port: { number: 80, name: 'http', protocol: 'HTTP' } };
  if (certificate === undefined) return [http];
  return [
    { ...http, tls: { httpsRedirect: true } },
    {
      hosts,
      port: { number: 443, name: 'https', protocol: 'HTTPS' },
      tls: { mode: 'SIMPLE', credentialName: certificate, minProtocolVersion: 'TLSV1_2' },
    },
  ];
}
