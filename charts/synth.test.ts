import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Greeter } from '../proto/gen/weft/greeter/v1/greeter_pb';
import { defineService, externalService, type ServiceSpec } from '../services/kit/declaration';
import { environment } from './testing/environment';
import { onlyOf, type Resource, resourcesOf } from './testing/manifests';
import { all, search, users } from './testing/services';
import { synthesize } from './synth';
import { writeManifests } from './write';

interface Pod {
  automountServiceAccountToken: boolean;
  serviceAccountName: string;
  securityContext: object;
  terminationGracePeriodSeconds: number;
  containers: Record<string, unknown>[];
}

const ENVIRONMENT = environment({ hosts: { edge: ['example.com'] } });

function resource(name: string, kind: string, specs: readonly ServiceSpec[] = all): Resource {
  return onlyOf(kind, resourcesOf(name, specs, ENVIRONMENT));
}

function podOf(name: string): Pod {
  return (resource(name, 'Deployment').spec['template'] as { spec: Pod }).spec;
}

/** The files that differ when one declaration does. */
function changedBy(change: (spec: ServiceSpec) => ServiceSpec, name: string): string[] {
  const before = synthesize(all, ENVIRONMENT);
  const after = synthesize(
    all.map((spec) => (spec.name === name ? change(spec) : spec)),
    ENVIRONMENT,
  );
  return [...after.keys()].filter((file) => after.get(file) !== before.get(file));
}

const names = ['edge', 'search', 'users'];

describe('the manifests', () => {
  test('are a file a service, also of those outside, and what they share sorts first', () => {
    const files = [...synthesize(all, ENVIRONMENT).keys()];
    const services = [...names, 'legacy', 'rates'].map((name) => `${name}.yaml`).sort();
    expect(files.sort()).toEqual(['00-platform.yaml', ...services]);
  });

  test('of every service lie in its namespace', () => {
    const own = environment({ namespaces: { users: 'people' } });
    for (const [name, namespace] of [
      ['users', 'people'],
      ['search', 'weft'],
    ] as const)
      for (const { metadata } of resourcesOf(name, all, own)) expect(metadata.namespace).toBe(namespace);
  });

  test('say where they come from, and are the same every time, whatever the order of the services', () => {
    const text = synthesize(all, ENVIRONMENT);
    expect(synthesize(all, ENVIRONMENT)).toEqual(text);
    expect(Object.fromEntries(synthesize(all.toReversed(), ENVIRONMENT))).toEqual(Object.fromEntries(text));
    expect(text.get('users.yaml')).toMatch(
      /^# Made by Weft from services\/users\/service\.ts, the calls of edge, search and charts\/environments\/test\n/,
    );
  });

  const everything = (): Resource[] =>
    [...synthesize(all, ENVIRONMENT).keys()].flatMap((file) =>
      resourcesOf(file.replace('.yaml', ''), all, ENVIRONMENT),
    );

  test('carry the label that finds removed ones', () => {
    for (const { metadata } of everything())
      expect(metadata.labels).toMatchObject({ 'app.kubernetes.io/part-of': 'weft' });
  });

  test('have names that are there once', () => {
    const ids = everything().map(({ kind, metadata }) => `${kind} ${metadata.namespace} ${metadata.name}`);
    expect(ids.length).toBeGreaterThan(40);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test.each<[string, (spec: ServiceSpec) => ServiceSpec, string[]]>([
    ['its scale', (spec) => ({ ...spec, scale: { min: 5, max: 5 } }), ['search.yaml']],
    ['its settings', (spec) => ({ ...spec, config: { LIMIT: '20' } }), ['search.yaml']],
    [
      'which methods it calls',
      (spec) => ({ ...spec, calls: { u: users.only('getUser') } }),
      ['search.yaml', 'users.yaml'],
    ],
    ['whom it calls', (spec) => ({ ...spec, calls: {} }), ['search.yaml', 'users.yaml']],
  ])('change with a declaration in its own file and those of its callees: %s', (_, change, files) => {
    expect(changedBy(change, 'search').sort()).toEqual(files);
  });

  test('of a callee change in what lets its callers in, and in nothing else', () => {
    const kindsOf = (specs: readonly ServiceSpec[]) =>
      new Map(resourcesOf('users', specs, ENVIRONMENT).map((each) => [`${each.kind} ${each.metadata.name}`, each]));
    const changed = { ...search, calls: { u: users.only('getUser') } };
    const [before, after] = [all, all.map((spec) => (spec === search ? changed : spec))].map(kindsOf);
    const different = [...(after ?? [])].filter(([id, each]) => {
      return JSON.stringify(each) !== JSON.stringify(before?.get(id));
    });
    expect(different.map(([id]) => id)).toEqual(['AuthorizationPolicy users-from-search']);
  });

  test('are refused where the declarations do not fit together', () => {
    expect(() => synthesize([search], ENVIRONMENT)).toThrow('the service users is not in services/index.ts');
  });
});

test('all faults of declarations and environment are reported at once, and no manifests are made', () => {
  const wrong = { ...environment({ headerRouting: 'no' as never }, 'default: {}\n') };
  expect(() => synthesize([search], wrong, ['search', 'users'])).toThrow(
    new Error(
      [
        'no manifests were written:',
        '',
        'services/search/service.ts  calls.users: the service users is not in services/index.ts',
        '  add it to the list there',
        '',
        'services/users/service.ts  neither services/index.ts nor a caller names a service "users"',
        '  add it to services/index.ts, or remove the folder',
        '',
        'charts/environments/test/settings.ts  headerRouting: is a text, not true or false',
        '  write true or false',
        '',
        'charts/environments/test/releases.yaml:1  default.stable: is missing',
        '  write an object, { … }',
      ].join('\n'),
    ),
  );
});

test('two resources of one name are refused, also where the declarations could not tell', () => {
  const mongodb = externalService({ name: 'mongodb', serves: Greeter, host: 'db.example.com' });
  const caller = defineService({ name: 'caller', http: true, calls: { mongodb: mongodb.only('sayHello') } });
  const outside = environment({ storage: { mongodb: { cidr: '10.0.0.0/8' } } });
  expect(() => synthesize([caller], outside)).toThrow(
    'ServiceEntry weft/mongodb would be in 00-platform.yaml and in mongodb.yaml; give one of the services another name',
  );
});

describe('a pod', () => {
  test.each(names)('of %s runs with no more rights than it needs', (name) => {
    const pod = podOf(name);
    expect(pod).toMatchObject({
      serviceAccountName: name,
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(pod.containers).toMatchObject([
      {
        command: ['node', '--require', './telemetry.cjs', `./${name}.cjs`],
        workingDir: '/app',
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '256Mi' } },
      },
    ]);
  });

  test('is probed by gRPC where it serves gRPC, by HTTP otherwise', () => {
    expect(podOf('users').containers[0]).toMatchObject({
      ports: [{ name: 'grpc', containerPort: 50_051 }],
      startupProbe: { grpc: { port: 50_051, service: 'liveness' } },
      readinessProbe: { grpc: { port: 50_051 } },
      livenessProbe: { grpc: { port: 50_051, service: 'liveness' } },
    });
    expect(podOf('edge').containers[0]).toMatchObject({
      ports: [{ name: 'http', containerPort: 8080 }],
      startupProbe: { httpGet: { path: '/livez', port: 'http' } },
      readinessProbe: { httpGet: { path: '/readyz', port: 'http' } },
    });
  });

  test('has longer to end than its drain takes', () => {
    const { data } = resource('users', 'ConfigMap');
    const drain = Number(data['DRAIN_DELAY_MS']) + Number(data['DRAIN_TIMEOUT_MS']);
    expect(podOf('users').terminationGracePeriodSeconds * 1000).toBeGreaterThan(drain);
  });

  test('has no secret in it, and no variable that takes its value from one', () => {
    for (const text of synthesize(all, ENVIRONMENT).values()) expect(text).not.toContain('secretKeyRef');
    for (const text of synthesize(all, ENVIRONMENT).values()) expect(text).not.toContain('mongodb://');
  });

  test('is replaced when its settings change', () => {
    const annotation = (config: Record<string, string>): unknown => {
      const specs = all.map((spec) => (spec === users ? { ...spec, config } : spec));
      const { spec } = resource('users', 'Deployment', specs);
      return (spec['template'] as { metadata: { annotations: object } }).metadata.annotations;
    };
    expect(annotation({ A: '1' })).not.toEqual(annotation({ A: '2' }));
  });
});

test.each([
  ['users', { name: 'grpc', port: 50_051, targetPort: 'grpc', appProtocol: 'grpc' }],
  ['edge', { name: 'http', port: 8080, targetPort: 'http', appProtocol: 'http' }],
])('the Service of %s names its protocol, and is over all versions', (name, port) => {
  expect(resource(name, 'Service').spec).toEqual({ selector: { app: name }, ports: [port] });
});

test('writing removes what Weft made before, and nothing else', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weft-dist-'));
  try {
    writeManifests(synthesize(all, ENVIRONMENT), folder);
    writeFileSync(join(folder, 'mine.yaml'), 'kind: ConfigMap\n');
    writeManifests(new Map([['users.yaml', '# other\n']]), folder);
    expect(readdirSync(folder).sort()).toEqual(['mine.yaml', 'users.yaml']);
    expect(readFileSync(join(folder, 'users.yaml'), 'utf8')).toBe('# other\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('writing leaves a file alone that would not change', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weft-dist-'));
  try {
    writeManifests(
      new Map([
        ['a.yaml', 'one'],
        ['b.yaml', 'one'],
      ]),
      folder,
    );
    const long = new Date(0);
    for (const name of ['a.yaml', 'b.yaml']) utimesSync(join(folder, name), long, long);
    writeManifests(
      new Map([
        ['a.yaml', 'one'],
        ['b.yaml', 'two'],
      ]),
      folder,
    );
    expect(statSync(join(folder, 'a.yaml')).mtime).toEqual(long);
    expect(statSync(join(folder, 'b.yaml')).mtime).not.toEqual(long);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
