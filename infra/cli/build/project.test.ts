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
  writeFileSync(join(root, 'package.json'), '{ "weft": {} }');
});

afterEach(() => rmSync(root, { recursive: true }));

const write = (json: object): void => writeFileSync(join(root, 'package.json'), JSON.stringify(json));

describe('a project', () => {
  test.each(['.', 'services', 'services/greeter'])('is found from %s', (folder) => {
    expect(findProject(join(root, folder))).toEqual({
      root,
      environments: 'environments',
      protoPackage: 'weft',
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
    writeFileSync(join(inner, 'package.json'), '{ "weft": {} }');
    expect(findProject(inner).root).toBe(inner);
  });

  test('has packages of other kinds in it', () => {
    const inner = join(root, 'services/greeter');
    writeFileSync(join(inner, 'package.json'), '{ "name": "tool" }');
    expect(findProject(inner).root).toBe(root);
  });

  test('says where its environments are, and what its contracts are called', () => {
    write({ weft: { environments: 'charts/environments', protoPackage: 'acme.shop' } });
    expect(findProject(root)).toMatchObject({ environments: 'charts/environments', protoPackage: 'acme.shop' });
  });

  test('without the section is not one, which is answered with what to do', () => {
    write({ name: 'tool' });
    expect(() => findProject(root)).toThrow(
      `${root} is not in a Weft project: no package.json here or above has a section "weft"; run weft init`,
    );
  });

  test.each<[string, object, string]>([
    ['a field that it does not have', { enviroments: 'x' }, 'weft: Unrecognized key: "enviroments"'],
    ['a folder outside', { environments: '../x' }, 'weft.environments: must be a folder below package.json'],
    ['a folder that is a number', { environments: 3 }, 'weft.environments: Invalid input'],
    ['a package that protobuf does not take', { protoPackage: 'acme-shop' }, 'weft.protoPackage: must be a package'],
  ])('with %s is refused, and the field is named', (_, section, fault) => {
    write({ weft: section });
    expect(() => findProject(root)).toThrow(`${join(root, 'package.json')} is wrong:\n  ${fault}`);
  });

  test('with a package.json that is not JSON is refused', () => {
    writeFileSync(join(root, 'package.json'), '{');
    expect(() => findProject(root)).toThrow(`${join(root, 'package.json')} is not JSON: `);
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

  test('is the given one, even outside of a project', () => {
    const nowhere = (): Project => findProject(tmpdir());
    expect(addressOf(nowhere, 'greeter', 'example.com:443')).toBe('example.com:443');
    expect(() => addressOf(nowhere, 'greeter', undefined)).toThrow('is not in a Weft project');
  });

  test('is that of all its pods, where the platform runs', () => {
    runs();
    expect(addressOf(project, 'greeter', undefined)).toBe('ipv4:127.0.0.1:40001,127.0.0.1:40002');
    expect(addressOf(project, 'user-info', undefined)).toBe('ipv4:127.0.0.1:40003');
  });

  test.each(['greter', 'gateway', 'left-out'])(
    'is refused for %s, with a list of the services that have one',
    (name) => {
      runs();
      expect(() => addressOf(project, name, undefined)).toThrow(
        `gRPC service "${name}" is not running here; these are: greeter, user-info`,
      );
    },
  );

  test('is refused if nothing runs, with what to do', () => {
    expect(() => addressOf(project, 'greeter', undefined)).toThrow(
      'nothing is running here; run npm start in another terminal, or give --address host:port',
    );
  });
});
