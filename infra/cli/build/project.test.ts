import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressOf } from '../call/address';
import { findProject, type Project } from './project';
import { writeRunFile } from '../../local/processes/run-file';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'weft-project-'));
  mkdirSync(join(root, 'services/greeter'), { recursive: true });
  writeFileSync(join(root, 'cdk8s.yaml'), '');
});

afterEach(() => rmSync(root, { recursive: true }));

describe('a project', () => {
  test.each(['.', 'services', 'services/greeter'])('is found from %s', (folder) => {
    expect(findProject(join(root, folder))).toEqual({
      root,
      build: join(root, 'build'),
      dist: join(root, 'dist'),
      manifests: join(root, '.weft/manifests'),
      state: join(root, '.weft'),
      runFile: join(root, '.weft/run.json'),
      logs: join(root, '.weft/logs'),
    });
  });

  test('is the nearest one', () => {
    const inner = join(root, 'services/greeter');
    mkdirSync(join(inner, 'services'));
    writeFileSync(join(inner, 'cdk8s.yaml'), '');
    expect(findProject(join(inner, 'services')).root).toBe(inner);
  });

  test.each(['cdk8s.yaml', 'services'])('is nowhere without %s', (part) => {
    rmSync(join(root, part), { recursive: true });
    expect(() => findProject(root)).toThrow(
      `${root} is in no Weft project: no folder above it has a cdk8s.yaml and services/`,
    );
  });
});

describe('the address of a service', () => {
  const project = (): Project => findProject(root);

  const runs = (): void =>
    writeRunFile(project().runFile, {
      pid: process.pid,
      pods: [],
      services: [
        { name: 'gateway', port: 'http', addresses: ['127.0.0.1:8080'] },
        { name: 'greeter', port: 'grpc', addresses: ['127.0.0.1:40001', '127.0.0.1:40002'] },
        { name: 'user-info', port: 'grpc', addresses: ['127.0.0.1:40003'] },
        { name: 'left-out', port: 'grpc', addresses: [] },
      ],
    });

  test('is the one that is given, even where there is no project', () => {
    const nowhere = (): Project => findProject(tmpdir());
    expect(addressOf(nowhere, 'greeter', 'example.com:443')).toBe('example.com:443');
    expect(() => addressOf(nowhere, 'greeter', undefined)).toThrow('is in no Weft project');
  });

  test('is that of all its pods, where the platform runs', () => {
    runs();
    expect(addressOf(project, 'greeter', undefined)).toBe('ipv4:127.0.0.1:40001,127.0.0.1:40002');
    expect(addressOf(project, 'user-info', undefined)).toBe('ipv4:127.0.0.1:40003');
  });

  test.each(['greter', 'gateway', 'left-out'])('is none for %s, and those are listed that have one', (name) => {
    runs();
    expect(() => addressOf(project, name, undefined)).toThrow(
      `gRPC service "${name}" is not running here; these are: greeter, user-info`,
    );
  });

  test('is none where nothing runs, and it is said what to do', () => {
    expect(() => addressOf(project, 'greeter', undefined)).toThrow(
      'nothing is running here; run npm start in another terminal, or give --address host:port',
    );
  });
});
