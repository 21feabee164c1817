import { readResources } from './resources';

const read = (...texts: string[]) =>
  readResources(new Map(texts.map((text, index) => [`dist/${'abc'.charAt(index)}.yaml`, text])));

const DEPLOYMENT = `
kind: Deployment
metadata: { name: greeter, namespace: weft }
spec:
  template:
    metadata: { labels: { app: greeter } }
    spec:
      containers:
        - name: greeter
          command: [node, ./greeter.cjs]
          ports: [{ name: grpc, containerPort: 50051 }, { containerPort: 9090 }]
          readinessProbe: { grpc: { port: 50051 } }
`;

const SERVICE = `
kind: Service
metadata: { name: greeter }
spec: { selector: { app: greeter }, ports: [{ port: 80 }] }
`;

describe('readable manifests', () => {
  test('get the defaults that Kubernetes documents', () => {
    const { deployments, services } = read(DEPLOYMENT, SERVICE);
    const times = { initialDelaySeconds: 0, periodSeconds: 10, failureThreshold: 3, timeoutSeconds: 1 };
    expect(deployments).toMatchObject([
      {
        metadata: { name: 'greeter', namespace: 'weft' },
        spec: {
          replicas: 1,
          template: {
            spec: {
              terminationGracePeriodSeconds: 30,
              containers: [
                {
                  args: [],
                  env: [],
                  envFrom: [],
                  ports: [
                    { name: 'grpc', containerPort: 50051 },
                    { name: 'port-9090', containerPort: 9090 },
                  ],
                  readinessProbe: { grpc: { port: 50051 }, ...times },
                },
              ],
            },
          },
        },
      },
    ]);
    expect(services).toMatchObject([{ metadata: { name: 'greeter', namespace: 'default' } }]);
  });

  test('may have several resources in a file, of any kind, and empty documents', () => {
    const other = 'kind: VirtualService\nspec: { http: 7 }';
    const resources = read(`${DEPLOYMENT}---\n---\n# nothing but words\n---\n${other}\n---\n${SERVICE}`, '');
    expect(resources.deployments).toHaveLength(1);
    expect(resources.services).toHaveLength(1);
    expect(resources.configMaps).toEqual([]);
  });

  test('may be lists and plain values, which are skipped', () => {
    expect(read('- 1\n- 2\n---\n42\n---\nwords')).toEqual({ deployments: [], services: [], configMaps: [] });
  });

  test('may have a ConfigMap without data', () => {
    expect(read('kind: ConfigMap\nmetadata: { name: empty }').configMaps).toMatchObject([{ data: {} }]);
  });
});

describe('a fault is located by file, resource and field:', () => {
  test.each<[string, string, string]>([
    [
      'a number that is a text',
      DEPLOYMENT.replace('containerPort: 50051', 'containerPort: "50051"'),
      'dist/a.yaml: Deployment greeter: spec.template.spec.containers.0.ports.0.containerPort: ',
    ],
    [
      'a value of a variable that is not a text',
      `${DEPLOYMENT}          env: [{ name: PORT, value: 80 }]`,
      'dist/a.yaml: Deployment greeter: spec.template.spec.containers.0.env.0.value: ',
    ],
    [
      'no container',
      'kind: Deployment\nmetadata: { name: empty }\n' +
        'spec: { template: { metadata: { labels: {} }, spec: { containers: [] } } }',
      'dist/a.yaml: Deployment empty: spec.template.spec.containers: needs at least one container',
    ],
    ['a missing field', 'kind: Service\nmetadata: { name: s }', 'dist/a.yaml: Service s: spec: '],
    ['a resource without a name', 'kind: ConfigMap', 'dist/a.yaml: ConfigMap (no name): metadata: '],
    ['broken YAML', 'kind: Service\nmetadata: { name: s', 'dist/a.yaml: '],
    ['an alias without its anchor', 'kind: Service\nspec: *missing', 'dist/a.yaml: Unresolved alias'],
    ['a duplicate key', 'kind: Service\nkind: Deployment', 'dist/a.yaml: Map keys must be unique'],
  ])('%s', (_, text, fault) => {
    expect(() => read(text)).toThrow(`these manifests cannot be read:\n  ${fault}`);
  });

  test('broken YAML, also with its line', () => {
    expect(() => read('kind: Service\nmetadata: { name: s')).toThrow(/dist\/a\.yaml: .* at line 2/);
  });

  test('everything at once, over all files', () => {
    const wrong = SERVICE.replace('port: 80', 'port: http');
    const faults = [
      'dist/a.yaml: Unresolved alias (the anchor must be set before the alias): gone',
      expect.stringMatching(/^dist\/b\.yaml: Deployment greeter: spec\.replicas: ./) as string,
      expect.stringMatching(/^dist\/c\.yaml: Service greeter: spec\.ports\.0\.port: ./) as string,
    ];
    const many = DEPLOYMENT.replace('spec:\n', 'spec:\n  replicas: many\n');
    expect(linesOf(() => read('a: *gone', many, `${wrong}---\n${SERVICE}`))).toEqual(faults);
  });
});

function linesOf(work: () => unknown): string[] {
  try {
    work();
  } catch (error) {
    return (error as Error).message.split('\n  ').slice(1);
  }
  return [];
}
