import { Greeter } from '../../../proto/gen/weft/greeter/v1/greeter_pb';
import { defineService, externalService } from '../../../services/kit/declaration';
import { environment } from '../../testing/environment';
import { onlyOf, resourcesOf } from '../../testing/manifests';
import { all } from '../../testing/services';

const POOL = {
  tcp: { connectTimeout: '1s' },
  http: { http2MaxRequests: 10_000, http1MaxPendingRequests: 10_000, maxRetries: 100 },
};

test('a service outside is known by its host, encrypted, and treated as its declaration says', () => {
  const resources = resourcesOf('rates', all);
  expect(resources.map(({ kind, metadata }) => [kind, metadata.name])).toEqual([
    ['ServiceEntry', 'rates'],
    ['DestinationRule', 'rates'],
    ['VirtualService', 'rates'],
  ]);
  expect(onlyOf('ServiceEntry', resources).spec).toEqual({
    hosts: ['rates.example.com'],
    exportTo: ['weft'],
    location: 'MESH_EXTERNAL',
    resolution: 'DNS',
    ports: [{ number: 443, name: 'grpc', protocol: 'GRPC' }],
  });
  expect(onlyOf('DestinationRule', resources).spec).toEqual({
    host: 'rates.example.com',
    exportTo: ['weft'],
    // Without the names any certificate of a public authority would do.
    trafficPolicy: {
      connectionPool: POOL,
      tls: {
        mode: 'SIMPLE',
        sni: 'rates.example.com',
        subjectAltNames: ['rates.example.com'],
        caCertificates: 'system',
      },
    },
  });
  expect(onlyOf('VirtualService', resources).spec).toEqual({
    hosts: ['rates.example.com'],
    exportTo: ['weft'],
    http: [
      {
        name: 'idempotent-1s',
        match: [{ uri: { exact: '/weft.greeter.v1.Greeter/SayHello' } }],
        timeout: '1s',
        retries: { attempts: 2, retryOn: 'connect-failure,refused-stream,unavailable,reset' },
        route: [{ destination: { host: 'rates.example.com', port: { number: 443 } } }],
      },
    ],
  });
});

test('one that is not encrypted is known by its host all the same', () => {
  const plain = externalService({ name: 'plain', serves: Greeter, host: 'plain.example', port: 8080, tls: false });
  const caller = defineService({ name: 'caller', http: true, calls: { plain: plain.only('sayHello') } });
  const { spec } = onlyOf('DestinationRule', resourcesOf('plain', [caller]));
  expect(spec['trafficPolicy']).toEqual({ connectionPool: POOL });
});

test('a service outside is known where it is called, and nowhere else', () => {
  for (const { spec } of resourcesOf('rates', all, environment({ namespaces: { legacy: 'old' } })))
    expect(spec['exportTo']).toEqual(['old']);
});
