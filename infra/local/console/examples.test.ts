import type { LocalService } from '../plan/local-service';
import { examplesOf } from './examples';

const GATEWAY: LocalService = { name: 'gateway', port: 'http', addresses: ['127.0.0.1:8081'], pods: [] };

function bills(examples: string[], addresses = ['127.0.0.1:40001']): LocalService {
  return { name: 'bills', port: 'grpc', addresses, pods: [], examples };
}

test.each<[string, LocalService[], string[]]>([
  ['as they are written', [bills(['npx weft call bills List {}', 'date'])], ['npx weft call bills List {}', 'date']],
  [
    'with the address of the HTTP service',
    [bills(["curl 'http://localhost:8080/v1/bills?from=localhost:8080'"]), GATEWAY],
    ["curl 'http://127.0.0.1:8081/v1/bills?from=127.0.0.1:8081'"],
  ],
  [
    'without those that need an HTTP service where none runs',
    [bills(['curl localhost:8080/v1/bills', 'date'])],
    ['date'],
  ],
  ['without an HTTP service that is not here', [bills(['curl localhost:8080/']), { ...GATEWAY, addresses: [] }], []],
  ['with another port as it is', [bills(['curl localhost:80801/'])], ['curl localhost:80801/']],
  ['without those of a service that does not run', [bills(['date'], [])], []],
])('examples are told %s', (_, services, told) => {
  expect(examplesOf(services)).toEqual(told);
});
