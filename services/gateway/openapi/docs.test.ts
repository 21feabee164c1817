import { runInNewContext } from 'node:vm';
import { comments } from '../../../proto/gen/comments';
import { bindingsOf } from '../routing/bindings';
import { type ServedGateway, serveGateway } from '../testing/serve';
import { createOpenApi } from './openapi';
import { gateway as declaration } from '../service';

let gateway: ServedGateway;

beforeAll(async () => {
  gateway = await serveGateway({});
});

afterAll(() => gateway.stop());

/** Fetches all of it: a connection stays open while somebody may still read the body. */
async function fetchWhole(address: string | URL): Promise<Response> {
  const response = await fetch(address);
  await response.arrayBuffer();
  return response;
}

/** Addresses that a page loads, as they are written in it. */
async function assetsOf(path: string): Promise<string[]> {
  const page = await (await fetch(`${gateway.url}${path}`)).text();
  return [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address);
}

test.each([
  ['/openapi.json', 'application/json'],
  ['/docs', 'text/html'],
  ['/docs/', 'text/html'],
  ['/docs/json', 'application/json'],
  ['/docs/static/swagger-initializer.js', 'application/javascript'],
  ['/docs/static/swagger-ui-bundle.js', 'application/javascript'],
  ['/docs/static/swagger-ui.css', 'text/css'],
])('%s is %s, and may load nothing from elsewhere', async (path, type) => {
  const response = await fetch(`${gateway.url}${path}`);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, `${type}; charset=utf-8`]);
  const policy = response.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
  expect(policy).toContain("connect-src 'self'");
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  expect((await response.text()).length).toBeGreaterThan(800);
});

test.each(['/openapi.json', '/docs/json'])('%s is what the bindings say', async (path) => {
  const response = await fetch(`${gateway.url}${path}`);
  expect(await response.json()).toEqual(createOpenApi(bindingsOf(declaration.calls), comments));
});

describe('the page', () => {
  test.each(['/docs', '/docs/'])('at %s has all that it loads on this server', async (path) => {
    const assets = await assetsOf(path);
    expect(assets).toEqual(expect.arrayContaining([expect.stringMatching(/swagger-ui-bundle\.js$/)]));
    for (const asset of assets) {
      const address = new URL(asset, `${gateway.url}${path}`);
      expect(address.origin).toBe(gateway.url);
      expect([address.pathname, (await fetchWhole(address)).status]).toEqual([address.pathname, 200]);
    }
  });

  test('has no script and no style of its own, which its policy would refuse', async () => {
    const page = await (await fetch(`${gateway.url}/docs`)).text();
    expect(page).not.toMatch(/<script(?! src=)|<style| on\w+=| style=/);
  });

  test('asks no other server whether the document is valid', async () => {
    const script = await (await fetch(`${gateway.url}/docs/static/swagger-initializer.js`)).text();
    expect(script).toContain('validatorUrl: null');
  });

  test.each([
    ['application/x-ndjson', '{\n  "a": 1\n}', '{"a":1}'],
    ['application/x-ndjson', '{"a":1}\n{"a":2}', '{"a":1}\n{"a":2}'],
    ['application/json', '{\n  "a": 1\n}', '{\n  "a": 1\n}'],
  ])('sends %s %j as %j', async (type, body, sent) => {
    const script = await (await fetch(`${gateway.url}/docs/static/swagger-initializer.js`)).text();
    let config: { requestInterceptor?: (request: object) => { body: string } } = {};
    const SwaggerUIBundle = Object.assign((given: typeof config) => ((config = given), { initOAuth: () => 0 }), {
      presets: {},
      plugins: {},
    });
    const document = { createElement: () => ({}), querySelector: () => ({}) };
    const window = { location: { href: gateway.url }, onload: () => undefined };
    runInNewContext(`${script};window.onload()`, { window, document, SwaggerUIBundle, SwaggerUIStandalonePreset: {} });
    expect(config.requestInterceptor?.({ headers: { 'Content-Type': type }, body }).body).toBe(sent);
  });
});

test('a browser that has an asset is not sent it again', async () => {
  const url = `${gateway.url}/docs/static/swagger-ui.css`;
  const etag = (await fetchWhole(url)).headers.get('etag') ?? '';
  const again = await fetch(url, { headers: { 'if-none-match': etag } });
  expect([again.status, await again.text()]).toEqual([304, '']);
});

test.each(['/docs/nothing', '/docs/static/nothing.js', '/docs/static/..%2f..%2fpackage.json'])(
  '%s is a problem like any path that is not there',
  async (path) => {
    const response = await fetch(`${gateway.url}${path}`);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(await response.json()).toMatchObject({ status: 404, reason: 'route.not-found' });
  },
);

test.each(['/docs', '/docs/static/swagger-ui.css'])('HEAD and OPTIONS of %s work', async (path) => {
  const head = await fetch(`${gateway.url}${path}`, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
  const options = await fetch(`${gateway.url}${path}`, { method: 'OPTIONS' });
  await options.arrayBuffer();
  expect(options.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
});
