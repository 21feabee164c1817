import { Script } from 'node:vm';
import { bindingsOf } from '../bindings';
import { type ServedGateway, serveGateway } from '../fixtures/serve';
import { createOpenApi } from '../openapi';
import { gateway as declaration } from '../service';
import { renderPage } from './page';
import { rulesView, sampleOf, typeView } from './schema-view';

let gateway: ServedGateway;

beforeAll(async () => {
  gateway = await serveGateway({});
});

afterAll(() => gateway.stop());

test.each([
  ['/openapi.json', 'application/json'],
  ['/docs', 'text/html'],
  ['/docs/page.css', 'text/css'],
  ['/docs/page.js', 'text/javascript'],
])('%s is %s, and may load nothing from elsewhere', async (path, type) => {
  const response = await fetch(`${gateway.url}${path}`);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, `${type}; charset=utf-8`]);
  const policy = response.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'; script-src 'self'");
  expect(policy).not.toContain('unsafe');
  expect((await response.text()).length).toBeGreaterThan(1_000);
});

test('the document is what the bindings say', async () => {
  const response = await fetch(`${gateway.url}/openapi.json`);
  expect(await response.json()).toEqual(createOpenApi(bindingsOf(declaration.calls)));
});

describe('the page', () => {
  const document = createOpenApi(bindingsOf(declaration.calls));
  const page = renderPage(document);

  test('has no script, style or address of its own', () => {
    expect(page).not.toMatch(/<script(?! src=)|<style| on\w+=| style=|https?:/);
  });

  test('has a form for every route', () => {
    const forms = page.match(/<form\s+class="try"/g);
    expect(forms).toHaveLength(bindingsOf(declaration.calls).length);
  });

  test('links to nothing that is not there', () => {
    const anchors = new Set([...page.matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id));
    const links = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(links.length).toBeGreaterThan(30);
    expect(links.filter((link) => !anchors.has(link))).toEqual([]);
  });

  test('has text where a document has HTML', () => {
    const hostile = '<img src=x onerror=alert(1)>';
    const info = { title: hostile, description: hostile };
    expect(renderPage({ ...document, info })).not.toContain('<img');
  });

  test('has a script that can be read', async () => {
    const source = await (await fetch(`${gateway.url}/docs/page.js`)).text();
    expect(() => new Script(source)).not.toThrow();
  });
});

test.each([
  [{ type: 'string' }, 'string'],
  [{ type: 'string', format: 'email' }, 'string (email)'],
  [{ type: ['string', 'null'] }, 'string or null'],
  [{ type: 'array', items: { type: 'integer' } }, 'list of integer'],
  [{ type: 'object', additionalProperties: { type: 'string' } }, 'map of string'],
  [{}, 'anything'],
  [{ $ref: '#/components/schemas/a.b.C' }, '<a href="#schema-a.b.C">C</a>'],
])('the type of %j is %s', (schema, expected) => {
  expect(typeView(schema).html).toBe(expected);
});

test.each([
  [{ type: 'string', pattern: '[^\\s\\p{Z}]', maxLength: 9 }, 'not blank, at most 9 characters'],
  [{ type: 'integer', minimum: 0, maximum: 7 }, '0 or more, 7 or less'],
  [{ type: 'string', pattern: '^a' }, 'matches ^a'],
  [{ type: 'string' }, ''],
])('the rules of %j are %s', (schema, expected) => {
  expect(rulesView(schema)).toBe(expected);
});

test('a sample has a value for every field, and comes to an end', () => {
  const node = {
    type: 'object',
    properties: {
      kind: { type: 'string', enum: ['NONE', 'SOME'] },
      count: { type: 'integer', minimum: 3 },
      big: { type: 'string', format: 'int64' },
      on: { type: 'boolean' },
      next: { $ref: '#/components/schemas/Node' },
    },
  };
  const rest = { kind: 'SOME', count: 3, big: '0', on: false };
  expect(sampleOf(node, { Node: node }, 1)).toEqual({ ...rest, next: { ...rest, next: {} } });
});
