import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { services } from '../services';
import type { ServiceSpec } from '../services/kit/spec';
import { settings } from './environments/local/settings';
import { synthesize } from './synth';
import { writeManifests } from './write';

interface Resource {
  kind: string;
  metadata: { name: string; namespace?: string };
  spec: Record<string, unknown>;
  data: Record<string, string>;
}

interface Pod {
  automountServiceAccountToken: boolean;
  serviceAccountName: string;
  securityContext: object;
  terminationGracePeriodSeconds: number;
  containers: Record<string, unknown>[];
}

function resourcesOf(name: string, specs: readonly ServiceSpec[] = services): Resource[] {
  return loadAll(synthesize(specs, settings).get(`${name}.yaml`) ?? '') as Resource[];
}

function resource(name: string, kind: string): Resource {
  const found = resourcesOf(name).find((each) => each.kind === kind);
  if (!found) throw new Error(`${name} has no ${kind}`);
  return found;
}

function podOf(name: string): Pod {
  return (resource(name, 'Deployment').spec['template'] as { spec: Pod }).spec;
}

const names = services.map(({ name }) => name);

describe('the manifests', () => {
  test('are a file a service, and the namespace sorts first', () => {
    const files = [...synthesize(services, settings).keys()].sort();
    expect(files).toEqual(['00-platform.yaml', ...names.map((name) => `${name}.yaml`).sort()]);
    expect(resourcesOf('00-platform')).toMatchObject([{ kind: 'Namespace', metadata: { name: 'weft' } }]);
  });

  test.each(names)('of %s are its account, settings, pods and name, all in the namespace', (name) => {
    const all = resourcesOf(name);
    expect(all.map(({ kind }) => kind)).toEqual(['ServiceAccount', 'ConfigMap', 'Deployment', 'Service']);
    for (const { metadata } of all) expect(metadata).toMatchObject({ name, namespace: 'weft' });
  });

  test('say where they come from, and are the same every time', () => {
    expect(synthesize(services, settings)).toEqual(synthesize(services, settings));
    expect(synthesize(services, settings).get('greeter.yaml')).toMatch(
      /^# Made by Weft from services\/greeter\/service\.ts\n/,
    );
  });

  test('of other services stay the same when one changes', () => {
    const before = synthesize(services, settings);
    const changed = services.map((spec) => (spec.name === 'greeter' ? { ...spec, scale: { min: 5, max: 5 } } : spec));
    const after = synthesize(changed, settings);
    const different = [...after.keys()].filter((file) => after.get(file) !== before.get(file));
    expect(different).toEqual(['greeter.yaml']);
  });
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
        command: ['node', `./${name}.cjs`],
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
    expect(podOf('greeter').containers[0]).toMatchObject({
      ports: [{ name: 'grpc', containerPort: 50_051 }],
      startupProbe: { grpc: { port: 50_051, service: 'liveness' } },
      readinessProbe: { grpc: { port: 50_051 } },
      livenessProbe: { grpc: { port: 50_051, service: 'liveness' } },
    });
    expect(podOf('gateway').containers[0]).toMatchObject({
      ports: [{ name: 'http', containerPort: 8080 }],
      startupProbe: { httpGet: { path: '/livez', port: 'http' } },
      readinessProbe: { httpGet: { path: '/readyz', port: 'http' } },
    });
  });

  test('has longer to end than its drain takes', () => {
    const { data } = resource('greeter', 'ConfigMap');
    const drain = Number(data['DRAIN_DELAY_MS']) + Number(data['DRAIN_TIMEOUT_MS']);
    expect(podOf('greeter').terminationGracePeriodSeconds * 1000).toBeGreaterThan(drain);
  });

  test('gets its connection string from a Secret, and only if it has a store', () => {
    const reference = { name: 'MONGO_URI', valueFrom: { secretKeyRef: { name: 'mongodb', key: 'uri' } } };
    expect(podOf('user-info').containers[0]?.['env']).toContainEqual(reference);
    expect(podOf('greeter').containers[0]?.['env']).not.toContainEqual(reference);
    for (const text of synthesize(services, settings).values()) expect(text).not.toContain('mongodb://');
  });

  test('is replaced when its settings change', () => {
    const annotation = (config: Record<string, string>): unknown => {
      const specs = services.map((spec) => (spec.name === 'greeter' ? { ...spec, config } : spec));
      const deployment = resourcesOf('greeter', specs).find(({ kind }) => kind === 'Deployment');
      return (deployment?.spec['template'] as { metadata: { annotations: object } }).metadata.annotations;
    };
    expect(annotation({ A: '1' })).not.toEqual(annotation({ A: '2' }));
  });
});

test.each([
  ['greeter', { name: 'grpc', port: 50_051, targetPort: 'grpc', appProtocol: 'grpc' }],
  ['gateway', { name: 'http', port: 8080, targetPort: 'http', appProtocol: 'http' }],
])('the Service of %s names its protocol', (name, port) => {
  expect(resource(name, 'Service').spec).toMatchObject({ selector: { app: name }, ports: [port] });
});

test('writing removes what Weft made before, and nothing else', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weft-dist-'));
  try {
    writeManifests(synthesize(services, settings), folder);
    writeFileSync(join(folder, 'mine.yaml'), 'kind: ConfigMap\n');
    writeManifests(new Map([['greeter.yaml', '# other\n']]), folder);
    expect(readdirSync(folder).sort()).toEqual(['greeter.yaml', 'mine.yaml']);
    expect(readFileSync(join(folder, 'greeter.yaml'), 'utf8')).toBe('# other\n');
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
