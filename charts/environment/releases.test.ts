import { readReleases, versionsOf } from './releases';

const NAMES = ['edge', 'search', 'users', 'legacy'];

describe('releases', () => {
  test('are the default for what is not named, the stable version first', () => {
    const text = `
default: { stable: { version: v1, tag: dev } }
services:
  users:
    stable: { version: v7, digest: 'sha256:${'a'.repeat(64)}' }
    canary: { version: v8, tag: 1.2.3-rc.1, env: { FEATURE: 'on' } }
`;
    const releaseOf = readReleases(text, NAMES, []);
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
      ['services.users.stable: is missing; it must be an object, { … }'],
    ],
    [
      'of a service that is not there',
      `${rest}{ stable: { version: v1, tag: a } }\n  userz: { stable: { version: v1, tag: a } }`,
      ['services.userz: there is no such service; there are edge, search, users, legacy'],
    ],
    [
      'whose canary is the stable version',
      `${rest}{ stable: { version: v1, tag: a }, canary: { version: v1, tag: b } }`,
      ['services.users.canary.version: is the stable version already'],
    ],
    [
      'with keys that are not known',
      `${rest}{ stable: { version: v1, tag: a, image: b }, next: {} }`,
      ['services.users.stable.image: is not known here', 'services.users.next: is not known here'],
    ],
    [
      'with neither tag nor digest',
      `${rest}{ stable: { version: v1 } }`,
      ['services.users.stable: must have either a tag or a digest'],
    ],
    [
      'with a number for a tag',
      `${rest}{ stable: { version: v1, tag: 1.10 } }`,
      ['services.users.stable.tag: must be a text; put it into quotes'],
    ],
    [
      'with a version that no name could carry',
      `${rest}{ stable: { version: v1-2, tag: a } }`,
      ['services.users.stable.version: must be a letter'],
    ],
    [
      'that set what the charts set',
      `${rest}{ stable: { version: v1, tag: a, env: { GRPC_PORT: '1', NOT ONE: '1', OWN: 2 } } }`,
      [
        'services.users.stable.env.GRPC_PORT: its name is that of a variable that the charts set; leave it out',
        'services.users.stable.env.NOT ONE: its name must be letters, digits and _',
        'services.users.stable.env.OWN: must be a text; put it into quotes',
      ],
    ],
    [
      'of only some services, and no default',
      'services:\n  users: { stable: { version: v1, tag: a } }\n  edge: { stable: { version: v1, tag: a } }',
      [
        'services.search: has no release; add search: { stable: { version: v1, tag: … } }',
        'services.legacy: has no release; add legacy: { stable: { version: v1, tag: … } }',
      ],
    ],
    [
      'that are empty',
      '# nothing yet\n',
      ['edge', 'search', 'users', 'legacy'].map((name) => `services.${name}: has no release; add ${name}: { stable`),
    ],
    [
      'that say nothing of the stable version',
      'default: { stable: {} }',
      ['default.stable.version: is missing; it must be a text', 'default.stable: must have either a tag or a digest'],
    ],
    [
      'of a version that every object has',
      'default: { stable: { version: constructor, tag: a } }',
      ['default.stable.version: is what every object in JavaScript has; give it another name'],
    ],
    ['that are no YAML', 'services: [', ['the file: Flow sequence in block collection must be']],
    [
      'that are two documents',
      `${rest}{ stable: { version: v1, tag: a } }\n---\n`,
      ['the file: has several documents'],
    ],
    ['that refer to what is not there', 'default: *usual', ['the file: Unresolved alias']],
    [
      'with a fault in one, of services that are not there and without others',
      'services:\n  users: { stable: 1 }\n  userz: { stable: { version: v1, tag: a } }',
      [
        'services.users.stable: must be an object, { … }',
        'services.userz: there is no such service',
        ...['edge', 'search', 'legacy'].map((name) => `services.${name}: has no release`),
      ],
    ],
  ])('%s are refused', (_, text, starts) => {
    const faults: string[] = [];
    readReleases(text, NAMES, faults);
    expect(faults).toEqual(starts.map((start) => expect.stringContaining(start) as string));
  });
});
