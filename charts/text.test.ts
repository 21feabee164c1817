import fc from 'fast-check';
import { anyText } from '../infra/mesh/testing/texts';
import { YAML_READERS, type YamlReader } from '../infra/mesh/testing/yaml-readers';
import { expandReferences } from '../infra/mesh/variable-references';
import { RagSearchService } from '../proto/gen/weft/rag/v1/rag_search_pb';
import { defineService } from '../services/kit/declaration';
import { environment } from './testing/environment';
import type { Resource } from './testing/manifests';
import { users } from './testing/services';
import { type Manifests, synthesize } from './synth';

interface Texts {
  config: string;
  env: string;
  tracing: string;
}

function synthesizeWith({ config, env, tracing }: Texts): Manifests {
  const { settings } = environment() as { settings: { telemetry: object } };
  const releases = JSON.stringify({ default: { stable: { version: 'v1', tag: 'dev', env: { TEXT: env } } } });
  const source = environment({ ...settings, telemetry: { ...settings.telemetry, tracing } as never }, releases);
  const search = defineService({
    name: 'search',
    serves: RagSearchService,
    calls: { users: users.only('getUserInfo') },
    config: { TEXT: config },
  });
  return synthesize([search, users], source);
}

/** The resource of one kind as a reader of YAML sees them. Between documents is a line of dashes. */
function readKind(text: string | undefined, kind: string, read: YamlReader): Resource {
  const document = text?.split(/^---\n/m).find((each) => each.includes(`\nkind: ${kind}\n`)) ?? '';
  return read(document) as Resource;
}

function variableOf({ spec }: Resource): string {
  const { template } = spec as { template: { spec: { containers: { env: { name: string; value: string }[] }[] } } };
  return template.spec.containers[0]?.env.find(({ name }) => name === 'TEXT')?.value ?? '';
}

const KNOWN: Readonly<Record<string, string>> = { POD_NAMESPACE: 'weft', TEXT: 'text', A: 'a' };
const kubelet = (value: string): string => expandReferences(value, (name) => KNOWN[name]);

function expectSame(texts: Texts): void {
  const files = synthesizeWith(texts);
  for (const [, read] of YAML_READERS) {
    expect(readKind(files.get('search.yaml'), 'ConfigMap', read).data['TEXT']).toBe(texts.config);
    expect(kubelet(variableOf(readKind(files.get('search.yaml'), 'Deployment', read)))).toBe(texts.env);
    const { spec } = readKind(files.get('00-platform.yaml'), 'Telemetry', read);
    expect(spec).toMatchObject({ tracing: [{ providers: [{ name: texts.tracing }] }] });
  }
}

describe('every reader of YAML and the kubelet give back', () => {
  test.each([
    'a$$b',
    '$(POD_NAMESPACE)/x',
    '$$(X)',
    '$(UNKNOWN)',
    'cost $5',
    '$2y$10$abc',
    '$é',
    'on',
    '017',
    '\tx\ny',
  ])('what is written: %j', (text) => expectSame({ config: text, env: text, tracing: text }));

  test('any text', () => {
    const parts = fc.array(fc.oneof(fc.constantFrom('$', '$$', '$(A)', '$(POD_NAMESPACE)', '$é', '('), anyText()));
    const text = parts.map((each) => each.join('').replaceAll('\0', ''));
    const name = text.filter((each) => each !== '');
    fc.assert(
      fc.property(text, text, name, (config, env, tracing) => expectSame({ config, env, tracing })),
      { numRuns: 40 },
    );
  });
});

test.each([
  [
    '\ud83d',
    'contains half of a surrogate pair, which UTF-8 cannot encode',
    'write the whole character, for example \\u{1f600}',
  ],
  ['a\0b', 'contains the character NUL, where a program would stop reading', 'remove the character'],
])('%j is refused in every text', (text, message, fix) => {
  expect(() => synthesizeWith({ config: text, env: text, tracing: text })).toThrow(
    new Error(
      [
        `no manifests were written:`,
        `services/search/service.ts  config.TEXT: ${message}\n  ${fix}`,
        `charts/environments/test/settings.ts  telemetry.tracing: ${message}\n  ${fix}`,
        `charts/environments/test/releases.yaml:1  default.stable.env.TEXT: ${message}\n  ${fix}`,
      ].join('\n\n'),
    ),
  );
});
