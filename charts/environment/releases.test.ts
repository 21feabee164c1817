import { faultLines } from '../../services/kit/faults/testing/fault-lines';
import { all } from '../testing/services';
import { validateReleases, versionsOf } from './releases';

describe('releases', () => {
  test('are the default for services without an entry, the stable version first', () => {
    const text = `
default: { stable: { version: v1, tag: dev } }
services:
  users:
    stable: { version: v7, digest: 'sha256:${'a'.repeat(64)}' }
    canary: { version: v8, tag: 1.2.3-rc.1, env: { FEATURE: 'on' } }
`;
    const { releaseOf } = validateReleases(text, all);
    const versions = (service: string) => {
      const release = releaseOf(service);
      return release && versionsOf(release).map(({ version }) => version);
    };
    expect([versions('users'), versions('edge')]).toEqual([['v7', 'v8'], ['v1']]);
    expect(releaseOf('users')?.canary?.env).toEqual({ FEATURE: 'on' });
  });

  const rest = 'default: { stable: { version: v1, tag: dev } }\nservices:\n  users: ';

  test.each<[string, string, string[]]>([
    [
      'without a stable version',
      `${rest}{ canary: { version: v2, tag: a } }`,
      ['3: services.users.stable: is missing; write an object, { … }'],
    ],
    [
      'of an unknown service',
      `${rest}{ stable: { version: v1, tag: a } }\n  userz: { stable: { version: v1, tag: a } }`,
      ['4: services.userz: there is no service "userz"; the services are edge, search, users, legacy'],
    ],
    [
      'whose canary is the stable version',
      `${rest}{ stable: { version: v1, tag: a }, canary: { version: v1, tag: b } }`,
      ['3: services.users.canary.version: v1 is already the stable version'],
    ],
    [
      'with unknown keys',
      `${rest}{ stable: { version: v1, tag: a, image: b }, next: {} }`,
      ['3: services.users.stable.image: is not known', '3: services.users.next: is not known'],
    ],
    [
      'with neither tag nor digest',
      `${rest}{ stable: { version: v1 } }`,
      ['3: services.users.stable: has no image; write either a tag or a digest'],
    ],
    [
      'with a number for a tag',
      `${rest}{ stable: { version: v1, tag: 1.10 } }`,
      ['3: services.users.stable.tag: is a number, not a text; put it into quotes'],
    ],
    [
      'with a version that cannot be part of a name',
      `${rest}{ stable: { version: v1-2, tag: a } }`,
      ['3: services.users.stable.version: "v1-2" is not a version; write a letter'],
    ],
    [
      'that set variables of Weft',
      `${rest}{ stable: { version: v1, tag: a, env: { GRPC_PORT: '1', NOT ONE: '1', OWN: 2 } } }`,
      [
        '3: services.users.stable.env.GRPC_PORT: Weft sets GRPC_PORT itself; remove it',
        '3: services.users.stable.env.NOT ONE: "NOT ONE" is not the name of an environment variable',
        '3: services.users.stable.env.OWN: is a number, not a text; put it into quotes',
      ],
    ],
    [
      'of only some services, and no default',
      'services:\n  users: { stable: { version: v1, tag: a } }\n  edge: { stable: { version: v1, tag: a } }',
      [
        '1: services.search: is missing; add search: { stable: { version: v1, tag: … } }',
        '1: services.legacy: is missing; add legacy: { stable: { version: v1, tag: … } }',
      ],
    ],
    [
      'that are empty',
      '# nothing yet\n',
      ['edge', 'search', 'users', 'legacy'].map((name) => `services.${name}: is missing; add ${name}: { stable`),
    ],
    [
      'with an empty stable version',
      'default: { stable: {} }',
      ['1: default.stable.version: is missing; write a text', '1: default.stable: has no image'],
    ],
    [
      'of a version with the name of a property',
      'default: { stable: { version: constructor, tag: a } }',
      ['1: default.stable.version: "constructor" is a property of every object in JavaScript; choose another name'],
    ],
    ['that are not YAML', 'services: [', ['1: this is not valid YAML: Flow sequence in block collection must be']],
    [
      'that are two documents',
      `${rest}{ stable: { version: v1, tag: a } }\n---\n`,
      ['4: the file has several documents; remove the line ---'],
    ],
    ['with an alias without an anchor', 'default: *usual', ['Unresolved alias']],
    [
      'with a fault in one, of unknown services and without others',
      'services:\n  users: { stable: 1 }\n  userz: { stable: { version: v1, tag: a } }',
      [
        '2: services.users.stable: is a number, not an object, { … }',
        '3: services.userz: there is no service "userz"',
        ...['edge', 'search', 'legacy'].map((name) => `1: services.${name}: is missing`),
      ],
    ],
  ])('%s are refused', (_, text, starts) => {
    expect(faultLines(validateReleases(text, all).faults)).toEqual(
      starts.map((start) => expect.stringContaining(start) as string),
    );
  });
});
